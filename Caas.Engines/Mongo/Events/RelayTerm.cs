using System.Collections.Concurrent;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Events;

/// <summary>
/// What a node knows while it relays: how far each database is, what came by the change streams, and how much of that is
/// saved. Ends with the lease. Thread-safe.
/// </summary>
internal sealed class RelayTerm(MongoDatabases databases, MongoReads reads, TimeProvider clock) : IDisposable
{
    private const int SweepsAtOnce = 16;

    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<DatabaseName, bool> _loaded = new();
    private readonly ConcurrentDictionary<RelaySource, bool> _unsaved = new();
    private readonly ConcurrentDictionary<string, BsonDocument> _tokens = new(StringComparer.Ordinal);

    /// <summary>The databases and what waits in them.</summary>
    public RelaySources Sources { get; } = new(databases.Options.RelayShards, clock);

    /// <summary>Whether another may relay from now on.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>The places in the change streams, by placement: everything up to there is in a position or will be.</summary>
    public IReadOnlyDictionary<string, BsonDocument> Tokens => _tokens;

    /// <summary>Whether something is newer than what is saved.</summary>
    public bool IsUnsaved => !_unsaved.IsEmpty;

    public Task EndAsync() => _ended.CancelAsync();

    public void Dispose() => _ended.Dispose();

    /// <summary>Everything up to a place in a change stream was taken.</summary>
    public void MoveTo(MongoPlacement placement, BsonDocument? token)
    {
        if (token is not null)
        {
            _tokens[placement.Name] = token;
        }
    }

    /// <summary>Finds what waited when the term before this one ended.</summary>
    public async Task LoadPendingAsync(CancellationToken cancellationToken)
    {
        foreach (var document in await reads.FindAsync(DatabaseName.Platform, RelayDocuments.Pending, cancellationToken))
        {
            Load(RelayDocuments.NameOf(document), RelayDocuments.Relayed(document), RelayDocuments.Known(document));
        }
    }

    /// <summary>Looks into every database of a deployment for what was never relayed: where no token says where to go on.</summary>
    public async Task<int> SweepAsync(MongoPlacement placement, CancellationToken cancellationToken)
    {
        var known = await reads.FindAsync(DatabaseName.Platform, RelayDocuments.All, cancellationToken);
        var relayed = known.ToDictionary(RelayDocuments.NameOf, RelayDocuments.Relayed);
        var names = new List<DatabaseName>();
        using (var listed = await placement.Client.ListDatabaseNamesAsync(cancellationToken))
        {
            while (await listed.MoveNextAsync(cancellationToken))
            {
                names.AddRange(listed.Current.Select(databases.Parse).OfType<DatabaseName>());
            }
        }

        await Parallel.ForEachAsync(
            names,
            new ParallelOptions { MaxDegreeOfParallelism = SweepsAtOnce, CancellationToken = cancellationToken },
            async (name, token) =>
            {
                var counter = await reads.FirstAsync(name, ChangeDocuments.Counter, token);
                Load(name, relayed.GetValueOrDefault(name), ChangeDocuments.PositionOf(counter));
            });
        return names.Count;
    }

    /// <summary>Takes a part of the change stream.</summary>
    public async Task TakeAsync(IReadOnlyList<RelayEvent> events, CancellationToken cancellationToken)
    {
        await LoadAsync([.. events.Select(static one => one.Name).Distinct()], cancellationToken);
        foreach (var one in events)
        {
            var source = Sources.Get(one.Name);
            if (one.Change is null)
            {
                // A body was rewritten: what is in memory of it no longer stands.
                source.Recent.Clear();
                continue;
            }

            if (one.Position > source.Confirmed)
            {
                source.Recent.Add([(one.Position, one.Change)]);
            }

            Advance(source, one.Position);
            Sources.Nudge(source);
        }
    }

    /// <summary>A commit of this process says the same, a little earlier; the stream brings the changes themselves.</summary>
    public async ValueTask NoteAsync(DatabaseName name, long position)
    {
        try
        {
            await LoadAsync([name], CancellationToken.None);
            Advance(Sources.Get(name), position);
        }
        catch (StorageException)
        {
            // Only a hint.
        }
    }

    /// <summary>The changes up to a position are in the stream.</summary>
    public void Confirm(RelaySource source, long position)
    {
        source.Confirm(position);
        _unsaved[source] = true;
    }

    /// <summary>Writes what is not saved; call the result when that is durable.</summary>
    public static Action Save(
        MongoUnit unit, IReadOnlyCollection<RelaySource> sources, IReadOnlyCollection<KeyValuePair<string, BsonDocument>> tokens)
    {
        var saved = new List<(RelaySource Source, long Position)>();
        foreach (var source in sources)
        {
            var position = source.Confirmed;
            RelayDocuments.Save(unit, source.Name, position, Math.Max(position, source.Last));
            saved.Add((source, position));
        }

        foreach (var (placement, token) in tokens)
        {
            RelayDocuments.SaveToken(unit, placement, token);
        }

        return () => saved.ForEach(static one => one.Source.MarkSaved(one.Position));
    }

    /// <summary>Takes out what is to be saved; what is not saved after all is put back.</summary>
    public List<RelaySource> TakeUnsaved()
    {
        var taken = _unsaved.Keys.ToList();
        taken.ForEach(source => _unsaved.TryRemove(source, out _));
        return taken;
    }

    public void PutBack(List<RelaySource> sources) => sources.ForEach(source => _unsaved[source] = true);

    private async Task LoadAsync(IReadOnlyList<DatabaseName> names, CancellationToken cancellationToken)
    {
        var unknown = names.Where(name => !_loaded.ContainsKey(name)).ToList();
        if (unknown.Count == 0)
        {
            return;
        }

        var found = await reads.FindAsync(DatabaseName.Platform, RelayDocuments.Of(unknown), cancellationToken);
        var relayed = found.ToDictionary(RelayDocuments.NameOf, RelayDocuments.Relayed);
        unknown.ForEach(name => Load(name, relayed.GetValueOrDefault(name), 0));
    }

    private void Load(DatabaseName name, long relayed, long known)
    {
        var source = Sources.Get(name);
        source.Load(Math.Max(relayed, known), relayed);
        _loaded[name] = true;
        if (source.IsPending)
        {
            _unsaved[source] = true;
            Sources.Nudge(source);
        }
    }

    private void Advance(RelaySource source, long position)
    {
        source.Advance(position);
        _unsaved[source] = true;
    }
}

/// <summary>One event of the change stream.</summary>
/// <param name="Name">The database.</param>
/// <param name="Position">The change's.</param>
/// <param name="Change">The new change; null where one was rewritten.</param>
internal sealed record RelayEvent(DatabaseName Name, long Position, Domain.Events.Change? Change);
