using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Caas.Domain.Events;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <inheritdoc/>
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

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(20);

    private readonly IConnectionMultiplexer _redis;
    private readonly RedisCircuit _circuit;
    private readonly RedisOptions _options;
    private readonly TimeProvider _clock;
    private readonly RedisMetrics _metrics;
    private readonly ILogger _logger;
    private readonly BusSender[] _senders;
    private readonly BusShard[] _shards;
    private readonly ConcurrentDictionary<BusSubscription, bool> _subscriptions = new();
    private readonly SemaphoreSlim _listening = new(1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _rounds;
    private volatile bool _isWanted;
    private volatile int _silent;
    private int _disposed;

    /// <summary>A bus that says its numbers from now on, and listens from the first subscription on.</summary>
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
        _options = options;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        var subscriber = redis.GetSubscriber();
        var shards = Enumerable.Range(0, options.BusShards).ToArray();
        _senders = [.. shards.Select(shard => new BusSender(shard, circuit, keys, options))];
        _shards = [.. shards.Select(shard => new BusShard(shard, subscriber, keys, options, clock, metrics, logger))];
        redis.ConnectionFailed += Distrust;
        redis.HashSlotMoved += Distrust;
        _rounds = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Whether Redis answers, and every shard that ought to be heard is.</summary>
    public bool IsConnected => _circuit.IsClosed && _silent == 0;

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
        _isWanted = true;
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
        var receivers = Array.ConvertAll(_shards, shard => shard.Join(receiver));
        var subscription = new BusSubscription(_shards, receivers, ended => _subscriptions.TryRemove(ended, out _));
        _subscriptions[subscription] = true;
        return subscription;
    }

    /// <summary>Whether every receiver still takes signals: none sits in one call for longer than this.</summary>
    public bool IsDelivering(TimeSpan patience) => _subscriptions.Keys.All(subscription => subscription.IsDelivering(patience));

    /// <summary>Ends the subscriptions, and stops.</summary>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "The rounds run on the thread pool and wait for nobody.")]
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _redis.ConnectionFailed -= Distrust;
        _redis.HashSlotMoved -= Distrust;
        await _ending.CancelAsync().ConfigureAwait(false);
        await _rounds.ConfigureAwait(false);
        foreach (var subscription in _subscriptions.Keys)
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
        }

        await StopAsync().ConfigureAwait(false);
        _circuit.Dispose();
        _ending.Dispose();
        _listening.Dispose();
    }

    private void Distrust(object? sender, EventArgs lost) => Array.ForEach(_shards, static shard => shard.Distrust());

    [SuppressMessage("Design", "CA1031", Justification = "Nothing from outside ends the rounds.")]
    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_options.BusHeartbeat, _clock);
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false);
                LookForSilence();
                await Task.WhenAll(_senders.Select(sender => sender.BeatAsync(_ending.Token))).ConfigureAwait(false);
                if (_isWanted && _circuit.IsClosed)
                {
                    await ListenAsync(_ending.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e)
            {
                if (!_ending.IsCancellationRequested)
                {
                    RedisMessages.RoundFailed(_logger, e);
                }
            }
        }
    }

    // The client's connection for subscriptions comes a moment after the other one; without it a subscription fails at once.
    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var began = _clock.GetTimestamp();
        using var retry = new PeriodicTimer(RetryInterval, _clock);
        do
        {
            await ListenAsync(cancellationToken).ConfigureAwait(false);
        }
        while (!Array.TrueForAll(_shards, static shard => shard.IsListening)
            && _clock.GetElapsedTime(began) < _options.Timeout
            && await retry.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await _listening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_shards.Select(shard => shard.ListenAsync(cancellationToken))).ConfigureAwait(false);
        }
        finally
        {
            _listening.Release();
        }
    }

    private void LookForSilence()
    {
        if (!_isWanted)
        {
            return;
        }

        Array.ForEach(_shards, static shard => shard.LookForSilence());
        var silent = _shards.Count(static shard => shard.IsSilent);
        if (silent > 0 && _silent == 0)
        {
            RedisMessages.Silent(_logger, silent, _shards.Length, _options.BusSilence);
        }
        else if (silent == 0 && _silent > 0)
        {
            RedisMessages.Heard(_logger);
        }

        _silent = silent;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A Redis that is away has forgotten this node anyway.")]
    private async Task StopAsync()
    {
        try
        {
            await Task.WhenAll(_shards.Select(static shard => shard.StopAsync(CancellationToken.None))).ConfigureAwait(false);
        }
        catch (Exception)
        {
            _metrics.Missed(Port);
        }
    }
}
