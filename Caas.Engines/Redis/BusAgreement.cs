using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>
/// That all nodes divide the bus into as many shards: one that divides it otherwise hears nothing of some conversations,
/// and sees no hole. Each node says its number for as long as it runs; the first that says one decides. Thread-safe.
/// </summary>
internal sealed class BusAgreement(RedisCircuit circuit, RedisKeys keys, RedisOptions options)
{
    /// <summary>How long a number counts that nobody repeats: so long all nodes are to be stopped to choose another.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(30);

    private readonly RedisKey[] _key = [keys.BusShards];

    /// <summary>How many shards the others have, where it is another number than this node's; else 0, also where Redis is away.</summary>
    public async ValueTask<int> FindOtherAsync(CancellationToken cancellationToken)
    {
        var other = await circuit.EvaluateAsync(
            RedisScripts.AgreeOnShards, _key, [options.BusShards, (long)Lasts.TotalMilliseconds], cancellationToken).ConfigureAwait(false);
        return other is null ? 0 : (int)other;
    }
}
