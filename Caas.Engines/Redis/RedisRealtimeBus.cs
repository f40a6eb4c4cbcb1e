using System.Collections.Concurrent;
using Caas.Domain.Events;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <inheritdoc cref="IRealtimeBus"/>
/// <remarks>
/// For all nodes, over sharded pub/sub. Redis numbers the signals of each shard, whoever sends them, and each node says
/// the shard's number where no other has just done so; a receiver sees a hole with the next signal or, at the latest,
/// with the next heartbeat. While Redis is away <see cref="PublishAsync"/> drops at once, without an error, and every
/// shard is told as a gap again and again, so that the nodes live by the store; what one node dropped while the others
/// were connected becomes a hole as soon as it is back. After a lost connection every shard is told as a gap once it is
/// heard again. The shards of one receiver are independent: it is called by one loop for each.
/// </remarks>
internal sealed class RedisRealtimeBus : IRealtimeBus, IAsyncDisposable
{
    /// <summary>The name of the port in metrics, logs and health.</summary>
    public const string Port = "realtime";

    private readonly IConnectionMultiplexer _redis;
    private readonly RedisCircuit _circuit;
    private readonly RedisMetrics _metrics;
    private readonly BusSender[] _senders;
    private readonly BusShard[] _shards;
    private readonly BusAgreement _agreement;
    private readonly BusRounds _rounds;
    private readonly ConcurrentDictionary<BusSubscription, bool> _subscriptions = new();
    private int _disposed;

    /// <summary>A bus that says its numbers from now on, and listens from the first subscription on.</summary>
    /// <param name="redis">The client; nobody else subscribes to the bus's channels over it.</param>
    /// <param name="circuit">The way to Redis; disposed with this.</param>
    /// <param name="keys">The names.</param>
    /// <param name="options">Shards, times and the capacity of queues.</param>
    /// <param name="clock">Measures silence.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="logger">Told of silence and of receivers that fail.</param>
    public RedisRealtimeBus(
        IConnectionMultiplexer redis,
        RedisCircuit circuit,
        RedisKeys keys,
        RedisOptions options,
        TimeProvider clock,
        RedisMetrics metrics,
        ILogger logger)
    {
        _redis = redis;
        _circuit = circuit;
        _metrics = metrics;
        var subscriber = redis.GetSubscriber();
        var shards = Enumerable.Range(0, options.BusShards).ToArray();
        _senders = [.. shards.Select(shard => new BusSender(shard, circuit, keys, options))];
        _shards = [.. shards.Select(shard => new BusShard(shard, subscriber, keys, options, clock, metrics, logger))];
        redis.ConnectionFailed += Distrust;
        redis.HashSlotMoved += Distrust;
        _agreement = new BusAgreement(circuit, keys, options);
        _rounds = new BusRounds(_senders, _shards, _agreement, circuit, options, clock, logger);
    }

    /// <summary>Whether Redis answers, and every shard that ought to be heard is.</summary>
    public bool IsConnected => _circuit.IsClosed && _rounds.IsHeard;

    /// <summary>Whether this node divides the bus as the others do, as far as it knows.</summary>
    public bool IsAgreed => _rounds.IsAgreed;

    /// <summary>How many shards the nodes that run have, where it is another number than this node's; else 0.</summary>
    public ValueTask<int> FindOtherShardsAsync(CancellationToken cancellationToken) => _agreement.FindOtherAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask PublishAsync(RealtimeSignal signal, CancellationToken cancellationToken)
    {
        var sender = _senders[RealtimeShard.Of(signal, _senders.Length)];
        if (await sender.TryPublishAsync(signal, cancellationToken).ConfigureAwait(false))
        {
            _metrics.Published();
        }
        else
        {
            _metrics.Dropped();
        }
    }

    /// <inheritdoc/>
    /// <remarks>Where Redis is away the receiver is told so, shard by shard, until it is heard.</remarks>
    public async ValueTask<IAsyncDisposable> SubscribeAsync(IRealtimeReceiver receiver, CancellationToken cancellationToken)
    {
        await _rounds.BeginListeningAsync(cancellationToken).ConfigureAwait(false);
        var receivers = Array.ConvertAll(_shards, shard => shard.Join(receiver));
        var subscription = new BusSubscription(_shards, receivers, ended => _subscriptions.TryRemove(ended, out _));
        _subscriptions[subscription] = true;
        return subscription;
    }

    /// <summary>Whether every receiver still takes signals: none sits in one call for longer than this.</summary>
    public bool IsDelivering(TimeSpan patience) => _subscriptions.Keys.All(subscription => subscription.IsDelivering(patience));

    /// <summary>Ends the subscriptions, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _redis.ConnectionFailed -= Distrust;
        _redis.HashSlotMoved -= Distrust;
        foreach (var subscription in _subscriptions.Keys)
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
        }

        await _rounds.DisposeAsync().ConfigureAwait(false);
        _circuit.Dispose();
    }

    private void Distrust(object? sender, EventArgs lost) => Array.ForEach(_shards, static shard => shard.Distrust());
}
