using Caas.Domain.Events;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>
/// What comes in of one shard: its channel at Redis, and the receivers of this node. The multiplexer's channel is this
/// class's alone. Thread-safe but where it says otherwise.
/// </summary>
internal sealed class BusShard(
    int shard, ISubscriber subscriber, RedisKeys keys, RedisOptions options, TimeProvider clock, RedisMetrics metrics, ILogger logger)
{
    private readonly RedisChannel _channel = RedisChannel.Sharded(keys.BusChannel(shard));
    private readonly Lock _gate = new();

    // Owned by _gate. Arrivals are queued in the order in which they come, for every receiver alike.
    private readonly List<BusReceiver> _receivers = [];
    private long _last;
    private int _trust;
    private long _heardAt = clock.GetTimestamp();
    private long _toldAt = clock.GetTimestamp();
    private bool _hasRefused;

    // Written by whoever listens or stops: one at a time.
    private volatile bool _isListening;
    private bool _isForgotten = true;

    /// <summary>Whether nothing came for too long.</summary>
    public bool IsSilent
    {
        get
        {
            lock (_gate)
            {
                return IsSilentLocked();
            }
        }
    }

    /// <summary>Whether it listens.</summary>
    public bool IsListening => _isListening;

    /// <summary>Makes a receiver that gets everything from now on.</summary>
    public BusReceiver Join(IRealtimeReceiver receiver)
    {
        lock (_gate)
        {
            var joined = new BusReceiver(shard, _trust, receiver, options, clock, metrics, logger);
            _receivers.Add(joined);
            return joined;
        }
    }

    /// <summary>Gives a receiver nothing more.</summary>
    public void Leave(BusReceiver receiver)
    {
        lock (_gate)
        {
            _receivers.Remove(receiver);
        }
    }

    /// <summary>A connection was lost: with the next arrival everybody is told of a gap, whatever its number.</summary>
    public void Distrust()
    {
        lock (_gate)
        {
            _trust++;
        }
    }

    /// <summary>
    /// Listens, where it does not yet or is silent all the same. Never at the same time as itself or
    /// <see cref="StopAsync"/>.
    /// </summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        if (_isListening && !IsSilent)
        {
            return;
        }

        try
        {
            await StopAsync(cancellationToken).ConfigureAwait(false);
            _isForgotten = false;
            var messages = await subscriber.SubscribeAsync(_channel)
                .WaitAsync(options.Timeout, clock, cancellationToken).ConfigureAwait(false);
            Begin();
            messages.OnMessage(Take);
            _isListening = true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // The next round tries again.
            metrics.Missed(RedisRealtimeBus.Port);
        }
    }

    /// <summary>Stops listening. A subscription of which nobody knows whether it came about is taken back as well.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_isForgotten)
        {
            return;
        }

        _isListening = false;
        _isForgotten = true;
        await subscriber.UnsubscribeAsync(_channel).WaitAsync(options.Timeout, clock, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the receivers where nothing came for too long, and again after as long.</summary>
    public void LookForSilence()
    {
        lock (_gate)
        {
            if (!IsSilentLocked() || clock.GetElapsedTime(_toldAt) < options.BusSilence)
            {
                return;
            }

            _toldAt = clock.GetTimestamp();
            foreach (var receiver in _receivers)
            {
                receiver.OfferSilence();
            }
        }
    }

    private bool IsSilentLocked() => clock.GetElapsedTime(_heardAt) >= options.BusSilence;

    // What was sent before nobody here heard.
    private void Begin()
    {
        lock (_gate)
        {
            _trust++;
            _heardAt = clock.GetTimestamp();
        }
    }

    // Called by the client, one message at a time.
    private void Take(ChannelMessage message)
    {
        if (!RealtimeFrame.TryRead((ReadOnlyMemory<byte>)message.Message, out var number, out var signal))
        {
            Refuse();
            return;
        }

        lock (_gate)
        {
            // A counter that went back was restored from an older copy: what it counted since is unknown.
            if (number < _last || (number == _last && signal is not null))
            {
                _trust++;
            }

            _last = number;
            _heardAt = clock.GetTimestamp();
            var arrival = new BusArrival(number, _trust, signal);
            foreach (var receiver in _receivers)
            {
                receiver.Offer(arrival);
            }
        }
    }

    private void Refuse()
    {
        metrics.FrameRefused(shard);
        if (!_hasRefused)
        {
            _hasRefused = true;
            RedisMessages.FrameRefused(logger, shard);
        }
    }
}
