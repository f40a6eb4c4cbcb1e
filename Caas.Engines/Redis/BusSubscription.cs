namespace Caas.Engines.Redis;

/// <summary>One subscription: a receiver in every shard.</summary>
/// <param name="shards">The shards of the bus.</param>
/// <param name="receivers">The receiver of each.</param>
/// <param name="ended">Called when it ends.</param>
internal sealed class BusSubscription(BusShard[] shards, BusReceiver[] receivers, Action<BusSubscription> ended) : IAsyncDisposable
{
    private int _disposed;

    /// <summary>Whether every receiver still takes signals.</summary>
    public bool IsDelivering(TimeSpan patience) => Array.TrueForAll(receivers, receiver => receiver.IsDelivering(patience));

    /// <summary>Ends it; waits for the calls of the receiver that run, so never dispose it from there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        ended(this);
        for (var i = 0; i < shards.Length; i++)
        {
            shards[i].Leave(receivers[i]);
            await receivers[i].DisposeAsync().ConfigureAwait(false);
        }
    }
}
