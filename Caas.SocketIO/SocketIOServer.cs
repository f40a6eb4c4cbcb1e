using Caas.SocketIO.Connections;
using Caas.SocketIO.Engine;
using Microsoft.AspNetCore.Http;

namespace Caas.SocketIO;

/// <summary>All connections of this process. Thread-safe. Made by <c>AddSocketIO</c>, disposed with the container.</summary>
public sealed class SocketIOServer : IDisposable
{
    private readonly SocketServices _services;
    private readonly SessionSweep _sweep;
    private readonly EngineEndpoint _endpoint;

    internal SocketIOServer(SocketServices services)
    {
        _services = services;
        _endpoint = new EngineEndpoint(services);
        _sweep = new SessionSweep(services);
        services.Metrics.Observe(services.Sessions);
    }

    /// <summary>Accepted connections whose end the handler has not been told yet.</summary>
    public int Connections => _services.Metrics.Connections;

    /// <summary>Sessions of either transport, those without CONNECT included.</summary>
    public int Sessions => _services.Sessions.Count;

    internal bool AnySession(Func<EngineSession, bool> predicate) => _services.Sessions.Any(predicate);

    internal SocketIOOptions Options => _services.Options;

    /// <summary>Calls the action for every accepted connection; those that come or go meanwhile may be missed.</summary>
    public void ForEach(Action<SocketConnection> action)
    {
        foreach (var session in _services.Sessions)
        {
            if (session.Dispatcher.Connection is { } connection)
            {
                action(connection);
            }
        }
    }

    /// <summary>
    /// Takes no new sessions (503) and closes each connection after its queue has been sent and the farewell with it.
    /// </summary>
    /// <param name="reason">Tells the client libraries whether to come back, to another node.</param>
    /// <param name="farewell">The last event, or null.</param>
    /// <param name="ct">When cancelled, what is left is cut. The task then completes all the same.</param>
    public async Task StopAsync(SocketCloseReason reason, EncodedEvent? farewell, CancellationToken ct)
    {
        _services.Sessions.Stop();
        Log.Stopping(_services.Logger, Connections, reason);
        var ends = new List<Task>();
        foreach (var session in _services.Sessions)
        {
            ends.Add(session.Ended);
            if (session.Dispatcher.Connection is { } connection)
            {
                ends.Add(connection.Completion);
                connection.Close(reason, farewell);
            }

            // Also those that never connected.
            session.Close(reason);
        }

        try
        {
            await Task.WhenAll(ends).WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            Log.StoppedEarly(_services.Logger, Connections);
        }

        // A session that was being opened when the stop began has got here too late for the first walk.
        foreach (var session in _services.Sessions)
        {
            session.End(reason);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sweep.Dispose();

    internal Task HandleAsync(HttpContext context) => _endpoint.HandleAsync(context);

    /// <summary>For the host's own stop; the product may have stopped the server before, with a farewell.</summary>
    internal async Task StopWithHostAsync()
    {
        using var patience = new CancellationTokenSource(Options.StopTimeout, _services.Time);
        await StopAsync(SocketCloseReason.ServerStopping, farewell: null, patience.Token);
    }
}
