using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Events;

/// <summary>
/// Says which node relays: one at a time, so that changes leave in order and once. The holder's writes move a beat; a node
/// that sees no beat for the time of the lease, by its own clock, takes the holder's place. What the holder saves is
/// saved in one transaction with its beat, so that one who was replaced, and does not know, saves nothing. (It may still
/// publish what it had read: the stream is at least once.) Belongs to the loop of <see cref="MongoOutbox"/>.
/// </summary>
internal sealed class RelayLease(MongoTransactions transactions, MongoDatabases databases, IIdSource ids, TimeProvider clock)
{
    private readonly string _me = ids.Next().ToString("N");
    private (string Holder, long Beat) _seen;
    private long _seenAt;

    /// <summary>When the holder's beat was last moved by this node, as a timestamp.</summary>
    public long BeatAt { get; private set; }

    /// <summary>Whether it is time to move the beat.</summary>
    public bool IsDue => clock.GetElapsedTime(BeatAt) > databases.Options.RelayLease / 3;

    /// <summary>Becomes the holder, if there is none or it is silent.</summary>
    public Task<bool> TryTakeAsync() => RunAsync(MayTake, static _ => { });

    /// <summary>Saves something as the holder; false where another one is.</summary>
    public Task<bool> TrySaveAsync(Action<MongoUnit> save) => RunAsync(lease => lease.Holder == _me, save);

    /// <summary>Makes place for another at once.</summary>
    public Task ReleaseAsync() => RunAsync(lease => lease.Holder == _me, static _ => { }, string.Empty);

    private async Task<bool> RunAsync(Func<(string Holder, long Beat), bool> may, Action<MongoUnit> save, string? holder = null)
    {
        var saved = await transactions.RunAsync(DatabaseName.Platform, transactions.Time, async unit =>
        {
            var document = await unit.FirstAsync(RelayDocuments.Holder);
            if (!may(RelayDocuments.ReadLease(document)))
            {
                return false;
            }

            RelayDocuments.SaveLease(unit, document, holder ?? _me);
            save(unit);
            return true;
        });
        if (saved)
        {
            BeatAt = clock.GetTimestamp();
        }

        return saved;
    }

    private bool MayTake((string Holder, long Beat) lease)
    {
        if (lease != _seen)
        {
            (_seen, _seenAt) = (lease, clock.GetTimestamp());
        }

        return lease.Holder.Length == 0
            || lease.Holder == _me
            || clock.GetElapsedTime(_seenAt) > databases.Options.RelayLease;
    }
}
