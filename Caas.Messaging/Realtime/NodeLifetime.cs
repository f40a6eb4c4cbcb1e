using System.Security.Cryptography;
using Caas.Domain.Events;
using Caas.SocketIO;

namespace Caas.Messaging.Realtime;

/// <summary>Connects the node to the bus when the process starts, and drains its sockets when it stops.</summary>
internal sealed class NodeLifetime(
    IRealtimeBus bus,
    RealtimeNode node,
    SocketIOServer server,
    RealtimeMetrics metrics,
    IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private const int MaxReconnectDelayMs = 5000;
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(8);

    private IAsyncDisposable? _subscription;
    private CancellationTokenRegistration _stopping;
    private Task _drained = Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Observe(() => node.Rooms);
        _subscription = await bus.SubscribeAsync(node, cancellationToken);

        // Before the web server stops: it would wait for the sockets, which know nothing of it.
        _stopping = lifetime.ApplicationStopping.Register(() => _drained = DrainAsync());
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _drained.WaitAsync(cancellationToken);
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task DrainAsync()
    {
        // Spread, so that a node that goes does not bring all its devices to the others in one moment.
        server.ForEach(connection => connection.TryEmit(
            SessionMessages.Draining(RandomNumberGenerator.GetInt32(MaxReconnectDelayMs))));
        using var limit = new CancellationTokenSource(DrainTime);
        await server.StopAsync(CloseReasons.Drained, SessionMessages.Ended("drained"), limit.Token);
    }
}
