using Caas.Domain.Events;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>
/// What goes out to one shard. Redis allots a signal's number in the same step in which it publishes it, so that the
/// numbers of all nodes are one row and every receiver sees them in their order. Thread-safe.
/// </summary>
internal sealed class BusSender(int shard, RedisCircuit circuit, RedisKeys keys, RedisOptions options)
{
    private readonly RedisValue _channel = keys.BusChannel(shard);
    private readonly RedisKey[] _counter = [keys.BusCounter(shard)];
    private readonly RedisKey[] _counterAndBeat = [keys.BusCounter(shard), keys.BusBeat(shard)];
    private readonly long _beatLasts = Math.Max(1, (long)(options.BusHeartbeat / 2).TotalMilliseconds);

    // 1 where a signal of this node was perhaps lost on its way: the next number is left out, so that everybody sees it.
    private int _owed;

    /// <summary>Sends a signal; false where it was perhaps not sent, which shows as a hole as soon as anything can be.</summary>
    public async ValueTask<bool> TryPublishAsync(RealtimeSignal signal, CancellationToken cancellationToken)
    {
        var frame = RealtimeFrame.Write(signal);
        var owed = Interlocked.Exchange(ref _owed, 0);
        var isSent = false;
        try
        {
            isSent = await circuit.EvaluateAsync(
                RedisScripts.Publish, _counter, [_channel, 1 + owed, frame], cancellationToken).ConfigureAwait(false) is not null;
        }
        finally
        {
            if (!isSent)
            {
                Volatile.Write(ref _owed, 1);
            }
        }

        return isSent;
    }

    /// <summary>Says the shard's number, where nobody has said it for half a heartbeat.</summary>
    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        var owed = Interlocked.Exchange(ref _owed, 0);
        var said = await circuit.EvaluateAsync(
            RedisScripts.Beat, _counterAndBeat, [_channel, _beatLasts, owed], cancellationToken).ConfigureAwait(false);
        if (said is null && owed != 0)
        {
            Volatile.Write(ref _owed, 1);
        }
    }
}
