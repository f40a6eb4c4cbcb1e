using System.Text;
using System.Threading.Channels;
using Caas.SocketIO;
using Caas.SocketIO.Connections;

namespace Caas.Tests.Support;

/// <summary>
/// A handler that records what it is told, acknowledges with the first argument, and can be bent per test.
/// </summary>
public sealed class SocketIOTestHandler : ISocketHandler
{
    private readonly Channel<SocketConnection> _connected = Channel.CreateUnbounded<SocketConnection>();
    private readonly Channel<(SocketConnection, InboundEvent)> _events =
        Channel.CreateUnbounded<(SocketConnection, InboundEvent)>();
    private readonly Channel<(SocketConnection, SocketCloseReason)> _disconnected =
        Channel.CreateUnbounded<(SocketConnection, SocketCloseReason)>();

    public Func<SocketConnection, string, CancellationToken, ValueTask<ConnectDecision>> OnConnect { get; set; } =
        static (_, _, _) => ValueTask.FromResult(ConnectDecision.Accept);

    public Func<SocketConnection, ValueTask> OnConnected { get; set; } = static _ => ValueTask.CompletedTask;

    public Func<SocketConnection, InboundEvent, CancellationToken, ValueTask> OnEvent { get; set; } = static (_, e, _) =>
    {
        e.TryAcknowledge(e.Argument);
        return ValueTask.CompletedTask;
    };

    public ValueTask<ConnectDecision> ConnectAsync(
        SocketConnection connection, ReadOnlyMemory<byte> authJson, CancellationToken ct) =>
        OnConnect(connection, Encoding.UTF8.GetString(authJson.Span), ct);

    public async ValueTask ConnectedAsync(SocketConnection connection, CancellationToken ct)
    {
        await OnConnected(connection);
        _connected.Writer.TryWrite(connection);
    }

    public async ValueTask EventAsync(SocketConnection connection, InboundEvent e, CancellationToken ct)
    {
        _events.Writer.TryWrite((connection, e));
        await OnEvent(connection, e, ct);
    }

    public ValueTask DisconnectedAsync(SocketConnection connection, SocketCloseReason reason)
    {
        _disconnected.Writer.TryWrite((connection, reason));
        return ValueTask.CompletedTask;
    }

    public bool HasSeenAnEvent => _events.Reader.Count > 0;

    public async Task<SocketConnection> NextConnectedAsync() => await SocketIOHost.Soon(_connected.Reader.ReadAsync(SocketIOHost.Ct));

    public async Task<InboundEvent> NextEventAsync() => (await SocketIOHost.Soon(_events.Reader.ReadAsync(SocketIOHost.Ct))).Item2;

    public async Task<SocketCloseReason> NextCloseAsync() => (await SocketIOHost.Soon(_disconnected.Reader.ReadAsync(SocketIOHost.Ct))).Item2;

    public int Closes => _disconnected.Reader.Count;
}
