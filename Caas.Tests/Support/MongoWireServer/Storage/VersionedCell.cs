namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>A value with its committed versions and at most one transaction that is changing it.</summary>
/// <remarks>Everything in this folder belongs to <see cref="DocumentStore.Gate"/>.</remarks>
internal abstract class VersionedCell
{
    /// <summary>The open transaction that wrote this cell.</summary>
    public StoreTransaction? Writer { get; protected set; }

    public abstract void Commit(long at, long oldestSnapshot);

    public abstract void Abort();
}

/// <inheritdoc/>
internal sealed class VersionedCell<T> : VersionedCell
    where T : class
{
    // Ascending; the first one that an open snapshot may still need comes first.
    private readonly List<(long At, T? Value)> _versions = [];
    private T? _pending;

    /// <summary>The committed value of now.</summary>
    public T? Latest => _versions.Count == 0 ? null : _versions[^1].Value;

    /// <summary>When that was committed; 0 where nothing was.</summary>
    public long LatestAt => _versions.Count == 0 ? 0 : _versions[^1].At;

    /// <summary>What a transaction sees: its own write, else the last value committed before it began.</summary>
    public T? Read(StoreTransaction transaction)
    {
        if (Writer == transaction)
        {
            return _pending;
        }

        for (var i = _versions.Count - 1; i >= 0; i--)
        {
            if (_versions[i].At <= transaction.Snapshot)
            {
                return _versions[i].Value;
            }
        }

        return null;
    }

    /// <summary>
    /// Writes within a transaction. The first writer wins: what another open transaction wrote, or what was committed after
    /// this one began, is a conflict.
    /// </summary>
    public void Write(StoreTransaction transaction, T? value)
    {
        if (Writer is not null && Writer != transaction)
        {
            throw transaction.ConflictWith(Writer);
        }

        if (_versions.Count > 0 && _versions[^1].At > transaction.Snapshot)
        {
            throw CommandFailure.WriteConflict();
        }

        if (Writer is null)
        {
            Writer = transaction;
            transaction.Touch(this);
        }

        _pending = value;
    }

    public override void Commit(long at, long oldestSnapshot)
    {
        _versions.Add((at, _pending));
        var needed = _versions.FindLastIndex(version => version.At <= oldestSnapshot);
        if (needed > 0)
        {
            _versions.RemoveRange(0, needed);
        }

        Abort();
    }

    public override void Abort()
    {
        Writer = null;
        _pending = null;
    }
}
