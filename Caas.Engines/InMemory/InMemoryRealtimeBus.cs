using System.Collections.Concurrent;
using Caas.Domain.Events;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.InMemory;

/// <inheritdoc/>
/// <remarks>
/// For one process. Each shard numbers its signals 1, 2, 3 ...; a receiver whose queue of a shard is full misses the
/// signal, and sees the hole with the next one or, at the latest, with the heartbeat. A receiver that throws has missed
/// the signal too. One loop calls a receiver, so it gets one signal at a time whatever the shard.
/// </remarks>
internal sealed class InMemoryRealtimeBus(
    TimeProvider clock, InMemoryOptions options, ILogger<InMemoryRealtimeBus> logger) : IRealtimeBus
{
    private readonly ConcurrentDictionary<BusSubscription, bool> _subscriptions = new();
    private readonly BusShard[] _shards = [.. Enumerable.Range(0, options.BusShards).Select(static _ => new BusShard())];

    /// <inheritdoc/>
    public ValueTask PublishAsync(RealtimeSignal signal, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _shards[RealtimeShard.Of(signal, _shards.Length)].Publish(signal);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> SubscribeAsync(IRealtimeReceiver receiver, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var subscription = new BusSubscription(
            _shards, receiver, options, clock, logger, ended => _subscriptions.TryRemove(ended, out _));
        _subscriptions[subscription] = true;
        return ValueTask.FromResult<IAsyncDisposable>(subscription);
    }

    /// <summary>Whether every receiver still takes signals: none sits in one call for longer than this.</summary>
    internal bool IsDelivering(TimeSpan patience) => _subscriptions.Keys.All(subscription => subscription.IsDelivering(patience));
}
