using Caas.Domain.Errors;
using Caas.Engines.Documents;

namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// The writes that wait, a queue a database: one transaction of a database is under way at a time, so that this process
/// never conflicts with itself, and what came meanwhile shares the next one. A queue exists while it has something.
/// Bounded over all databases. Thread-safe.
/// </summary>
internal sealed class WriteQueues(MongoDatabases databases, MongoTransactions transactions, TimeProvider clock) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _slots = new(databases.Options.MaxConcurrentBatches);
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _lock.
    private readonly Dictionary<DatabaseName, Queue<QueuedWrite>> _queues = [];
    private int _count;
    private bool _closed;

    /// <summary>How many writes wait, over all databases.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction of its own and answers after a majority has it. May run again with
    /// fresh reads: it changes nothing but the unit. A refusal writes nothing.
    /// </summary>
    public ValueTask<Result<TOutcome>> WriteAsync<TState, TOutcome>(
        DatabaseName name,
        TState state,
        Func<MongoUnit, TState, Task<Result<TOutcome>>> work,
        CancellationToken cancellationToken,
        bool isLong = false)
    {
        var time = isLong ? transactions.LongTime : transactions.Time;
        return EnqueueAsync(new QueuedUnit<TState, TOutcome>(name, transactions, time, state, work), cancellationToken);
    }

    /// <summary>Runs <paramref name="work"/> some time; nobody waits, and it may be lost.</summary>
    public void Post<TState>(DatabaseName name, TState state, Action<MongoUnit, TState> work) =>
        TryEnqueue(new QueuedUnit<(TState State, Action<MongoUnit, TState> Work), bool>(
            name,
            transactions,
            transactions.Time,
            (state, work),
            static (unit, post) =>
            {
                post.Work(unit, post.State);
                return Task.FromResult<Result<bool>>(true);
            }));

    /// <summary>Takes a place in the queue, or refuses as <c>overloaded</c>.</summary>
    public ValueTask<Result<TOutcome>> EnqueueAsync<TOutcome>(QueuedWrite<TOutcome> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryEnqueue(write))
        {
            return new ValueTask<Result<TOutcome>>(_closed ? StorageErrors.Unavailable : StorageErrors.Overloaded);
        }

        write.CancelWith(cancellationToken);
        return write.Answered;
    }

    /// <summary>Writes what waits and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _closed = true;
            EndWhereEmptyLocked();
        }

        await _empty.Task.WaitAsync(CancellationToken.None);
        _slots.Dispose();
    }

    private bool TryEnqueue(QueuedWrite write)
    {
        write.QueuedAt = clock.GetTimestamp();
        bool first;
        lock (_lock)
        {
            if (_closed || _count >= databases.Options.MaxQueuedWrites)
            {
                return false;
            }

            _count++;
            first = !_queues.TryGetValue(write.Database, out var queue);
            if (first)
            {
                _queues[write.Database] = queue = new Queue<QueuedWrite>();
            }

            queue!.Enqueue(write);
        }

        if (first)
        {
            _ = Task.Run(() => DrainAsync(write.Database), CancellationToken.None);
        }

        return true;
    }

    private async Task DrainAsync(DatabaseName name)
    {
        while (true)
        {
            await _slots.WaitAsync();
            try
            {
                var batch = Take(name);
                if (batch.Count == 0)
                {
                    return;
                }

                await RunAsync(batch);
            }
            finally
            {
                _slots.Release();
            }
        }
    }

    /// <summary>What runs together next; nothing, and the queue is gone, where nothing waits.</summary>
    private List<QueuedWrite> Take(DatabaseName name)
    {
        var batch = new List<QueuedWrite>();
        lock (_lock)
        {
            var queue = _queues[name];
            while (batch.Count < databases.Options.MaxBatch
                && queue.TryPeek(out var next)
                && (batch.Count == 0 || batch[0].Joins(next)))
            {
                batch.Add(queue.Dequeue());
            }

            _count -= batch.Count;
            if (batch.Count == 0)
            {
                _queues.Remove(name);
                EndWhereEmptyLocked();
            }
        }

        return batch;
    }

    private Task RunAsync(List<QueuedWrite> batch)
    {
        batch.RemoveAll(write => !write.TryBegin() || IsLate(write));
        return batch.Count == 0 ? Task.CompletedTask : batch[0].RunAsync(batch);
    }

    // Its caller has waited as long as a write may take; those behind it shall not wait for it as well.
    private bool IsLate(QueuedWrite write)
    {
        var late = clock.GetElapsedTime(write.QueuedAt) > databases.Options.WriteTimeout;
        if (late)
        {
            write.Refuse(StorageErrors.Overloaded);
        }

        return late;
    }

    private void EndWhereEmptyLocked()
    {
        if (_closed && _queues.Count == 0)
        {
            _empty.TrySetResult();
        }
    }
}
