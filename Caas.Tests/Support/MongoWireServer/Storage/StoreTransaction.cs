using Caas.Tests.Support.MongoWireServer.Query;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>
/// A snapshot of the store and the writes that are to be committed together. A statement outside of a client's transaction
/// runs in a short one of its own, which waits for others where a client's transaction conflicts.
/// </summary>
internal sealed class StoreTransaction(DocumentStore store, long snapshot, bool isClients, DateTimeOffset begun)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DocumentStore Store => store;

    /// <summary>The time of the last commit that is seen.</summary>
    public long Snapshot => snapshot;

    public DateTimeOffset Begun => begun;

    public bool IsOpen => !_ended.Task.IsCompleted;

    public List<VersionedCell> Cells { get; } = [];

    public List<ChangeEvent> Changes { get; } = [];

    /// <summary>The records that were written: once nothing is open, they are settled.</summary>
    public List<(DocumentCollection Collection, DocumentRecord Record)> Touched { get; } = [];

    public Task Ended => _ended.Task;

    public void Touch(VersionedCell cell) => Cells.Add(cell);

    public Exception ConflictWith(StoreTransaction writer) =>
        isClients ? CommandFailure.WriteConflict() : new BlockedException(writer.Ended);

    public UpdateMoment Moment(bool isInsert) => new(isInsert, store.Now, new BsonTimestamp(store.LastTime + 1));

    public void End() => _ended.TrySetResult();
}

/// <summary>What a command needs is not there yet: it is to be run again after <paramref name="until"/>.</summary>
internal sealed class BlockedException(Task until) : Exception("Blocked by an open transaction, or nothing new to read")
{
    public Task Until => until;
}
