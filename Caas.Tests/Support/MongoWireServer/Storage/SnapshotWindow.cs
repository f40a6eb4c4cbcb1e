namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>
/// Which old versions are still needed: by the transactions that are open, and by the snapshots that reads outside of
/// transactions began with and may come back to for a while.
/// </summary>
internal sealed class SnapshotWindow(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    private readonly Queue<(long Snapshot, DateTimeOffset Until)> _pinned = [];
    private readonly Queue<(long At, DocumentCollection Collection, DocumentRecord Record)> _written = [];
    private long _oldest;

    /// <summary>Keeps a snapshot, the newest one, readable.</summary>
    public void Pin(long snapshot) => _pinned.Enqueue((snapshot, time.GetUtcNow() + Kept));

    /// <summary>Refuses a snapshot that parts are missing of.</summary>
    public void Demand(long snapshot)
    {
        if (snapshot < _oldest)
        {
            throw new CommandFailure(MongoErrors.SnapshotTooOld, "Read timestamp is older than the oldest available timestamp");
        }
    }

    public void Written(long at, StoreTransaction transaction) =>
        transaction.Touched.ForEach(touched => _written.Enqueue((at, touched.Collection, touched.Record)));

    /// <summary>Settles what was written before every snapshot that is needed.</summary>
    public void Settle(long oldestNeeded)
    {
        while (_pinned.TryPeek(out var pin) && pin.Until <= time.GetUtcNow())
        {
            _pinned.Dequeue();
        }

        _oldest = Math.Max(_oldest, _pinned.TryPeek(out var first) ? Math.Min(first.Snapshot, oldestNeeded) : oldestNeeded);
        while (_written.TryPeek(out var written) && written.At <= _oldest)
        {
            _written.Dequeue();
            written.Collection.Settle(written.Record, _oldest);
        }
    }
}
