namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>All databases, the clock of commits and the transactions that are open. One lock guards everything.</summary>
internal sealed class DocumentStore(TimeProvider time, TimeSpan transactionLifetime)
{
    private readonly SortedDictionary<string, SortedDictionary<string, DocumentCollection>> _databases =
        new(StringComparer.Ordinal);

    // How many commits back a read of a past moment reaches.
    private const int Window = 1000;

    private readonly List<StoreTransaction> _open = [];
    private readonly Queue<long> _recent = new();
    private readonly Queue<(long At, DocumentCollection Collection, DocumentRecord Record)> _touched = [];
    private long _lastTime = time.GetUtcNow().ToUnixTimeSeconds() << 32;

    /// <summary>Guards the store, the sessions and the cursors.</summary>
    public Lock Gate { get; } = new();

    public TimeSpan TransactionLifetime => transactionLifetime;

    public ChangeLog Changes { get; } = new();

    /// <summary>The time of the last commit.</summary>
    public long LastTime => _lastTime;

    public DateTimeOffset Now => time.GetUtcNow();

    public IEnumerable<string> Databases => _databases.Keys;

    public IEnumerable<DocumentCollection> Collections(string database) =>
        _databases.TryGetValue(database, out var collections) ? collections.Values : [];

    public DocumentCollection? Find(string database, string collection) =>
        _databases.TryGetValue(database, out var collections) ? collections.GetValueOrDefault(collection) : null;

    public DocumentCollection GetOrCreate(string database, string collection)
    {
        if (Find(database, collection) is { } existing)
        {
            return existing;
        }

        if (database.Length is 0 or > 63 || database.IndexOfAny(['/', '\\', '.', ' ', '"', '$']) >= 0
            || collection.Length == 0 || collection.Contains('$', StringComparison.Ordinal))
        {
            throw new CommandFailure(
                MongoErrors.InvalidNamespace, $"Invalid namespace specified '{database}.{collection}'");
        }

        if (!_databases.TryGetValue(database, out var collections))
        {
            _databases[database] = collections = new(StringComparer.Ordinal);
        }

        return collections[collection] = new DocumentCollection(database, collection);
    }

    public bool Drop(string database, string collection)
    {
        if (!_databases.TryGetValue(database, out var collections) || !collections.Remove(collection))
        {
            return false;
        }

        Log(NextTime(), [new ChangeEvent("drop", database, collection)]);
        return true;
    }

    public void Drop(string database)
    {
        foreach (var collection in Collections(database).ToArray())
        {
            Drop(database, collection.Name);
        }

        if (_databases.Remove(database))
        {
            Log(NextTime(), [new ChangeEvent("dropDatabase", database, null)]);
        }
    }

    /// <summary>Begins a transaction of a client, which stays open over commands, or that of a single statement.</summary>
    public StoreTransaction Begin(bool isClients)
    {
        var transaction = new StoreTransaction(this, _lastTime, isClients, time.GetUtcNow());
        _open.Add(transaction);
        return transaction;
    }

    /// <summary>Begins a read of the moment of a past commit.</summary>
    public StoreTransaction BeginAt(long moment)
    {
        if (_recent.Count == Window && moment < _recent.Peek())
        {
            throw new CommandFailure(MongoErrors.SnapshotTooOld, "Read timestamp is older than the oldest available timestamp.");
        }

        var transaction = new StoreTransaction(this, Math.Min(moment, _lastTime), isClients: false, time.GetUtcNow());
        _open.Add(transaction);
        return transaction;
    }

    public void Commit(StoreTransaction transaction)
    {
        _open.Remove(transaction);
        if (transaction.Cells.Count > 0)
        {
            var at = NextTime();
            _recent.Enqueue(at);
            if (_recent.Count > Window)
            {
                _recent.Dequeue();
            }

            var oldest = _open.Select(open => open.Snapshot).Append(Oldest).Min();
            foreach (var cell in transaction.Cells)
            {
                cell.Commit(at, oldest);
            }

            Log(at, transaction.Changes);
        }

        Close(transaction);
    }

    public void Abort(StoreTransaction transaction)
    {
        _open.Remove(transaction);
        foreach (var cell in transaction.Cells)
        {
            cell.Abort();
        }

        Close(transaction);
    }

    /// <summary>Aborts what has been open for too long, as a server does by itself.</summary>
    public void AbortExpired()
    {
        foreach (var late in _open.Where(open => time.GetUtcNow() - open.Begun > transactionLifetime).ToArray())
        {
            Abort(late);
        }
    }

    public void AbortAll() => _open.ToList().ForEach(Abort);

    private long Oldest => _recent.Count == Window ? _recent.Peek() : 0;

    private long NextTime() => _lastTime = Math.Max(_lastTime + 1, (time.GetUtcNow().ToUnixTimeSeconds() << 32) | 1);

    private void Log(long at, IEnumerable<ChangeEvent> events) => Changes.Add(events.Select((change, index) =>
        change with { Position = new ChangePosition(at, index), WallTime = time.GetUtcNow() }));

    private void Close(StoreTransaction transaction)
    {
        transaction.Touched.ForEach(entry => _touched.Enqueue((_lastTime, entry.Collection, entry.Record)));
        while (_open.Count == 0 && _touched.TryPeek(out var entry) && entry.At < Oldest)
        {
            _touched.Dequeue();
            if (entry.Record.Cell.LatestAt < Oldest)
            {
                // Else it was touched again, and this comes again with that.
                entry.Collection.Settle(entry.Record);
            }
        }

        transaction.End();
    }
}
