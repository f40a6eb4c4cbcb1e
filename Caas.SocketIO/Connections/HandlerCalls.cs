using Caas.SocketIO.Engine;
using Caas.SocketIO.Packets;

namespace Caas.SocketIO.Connections;

/// <summary>
/// Calls the product's handler for one session, one call at a time, and keeps its exceptions from going further. An
/// error while deciding is a refusal.
/// </summary>
internal sealed class HandlerCalls(EngineSession session, SocketServices services)
{
    private static readonly byte[] NoAuth = "{}"u8.ToArray();

    private volatile SocketConnection? _connection;

    /// <summary>The connection of the session, accepted or about to be; null before CONNECT and after DISCONNECT.</summary>
    public SocketConnection? Connection => _connection;

    public ValueTask HandleAsync(InboundItem item) => item.Kind switch
    {
        InboundKind.Connect => ConnectAsync(item.AuthJson),
        InboundKind.Event => EventAsync(item),
        InboundKind.Disconnect => DisconnectAsync(),
        InboundKind.Finish => FinishAsync(item.Reason!),
    };

    private async ValueTask ConnectAsync(ReadOnlyMemory<byte> authJson)
    {
        if (_connection is not null)
        {
            session.Fail();
            return;
        }

        var connection = new SocketConnection(session, services);
        _connection = connection;
        var decision = await DecideAsync(connection, authJson.IsEmpty ? NoAuth : authJson);
        if (!decision.IsAccepted)
        {
            _connection = null;
            connection.TryMarkClosed(SocketCloseReason.Refused);
            connection.Complete(withSession: true);
            session.Queue.EnqueueControl(
                FrameBatch.Text(PacketEncoder.ConnectError(default, decision.Message, decision.DataJsonUtf8.Span)));
            session.Close(SocketCloseReason.Refused);
            return;
        }

        // CONNECT is queued before the connection can emit, so nothing overtakes it.
        session.SendControl(FrameBatch.Text(PacketEncoder.Connect(connection.Id)));
        connection.Accept();
        session.Clock.MarkConnected();
        if (connection.Closed is null)
        {
            await WelcomeAsync(connection);
        }
    }

    private async ValueTask<ConnectDecision> DecideAsync(SocketConnection connection, ReadOnlyMemory<byte> authJson)
    {
        try
        {
            return await services.Handler.ConnectAsync(connection, authJson, connection.Aborted);
        }
        catch (Exception failure) when (Survives(failure, connection, nameof(ISocketHandler.ConnectAsync)))
        {
            return ConnectDecision.Refuse("Internal error");
        }
    }

    private async ValueTask WelcomeAsync(SocketConnection connection)
    {
        try
        {
            await services.Handler.ConnectedAsync(connection, connection.Aborted);
        }
        catch (Exception failure) when (Survives(failure, connection, nameof(ISocketHandler.ConnectedAsync)))
        {
            connection.Close(SocketCloseReason.HandlerFailed);
        }
    }

    private async ValueTask EventAsync(InboundItem item)
    {
        if (_connection is not { } connection)
        {
            // Socket.IO protocol v5, "Connection to a namespace": without CONNECT first, close.
            session.Fail();
            return;
        }

        if (connection.Closed is not null)
        {
            return;
        }

        try
        {
            var e = new InboundEvent(connection, item.Event, item.Attachments!, item.AckId);
            await services.Handler.EventAsync(connection, e, connection.Aborted);
        }
        catch (Exception failure) when (Survives(failure, connection, nameof(ISocketHandler.EventAsync)))
        {
            // The event stays unanswered; the connection lives.
        }
    }

    // The client left the namespace; its session may connect again until the connect time-out.
    private async ValueTask DisconnectAsync()
    {
        if (_connection is { } connection)
        {
            connection.TryMarkClosed(SocketCloseReason.ClientClosed);
            session.Clock.MarkUnconnected();
            await FarewellAsync(connection, withSession: session.CloseReason is not null);
        }
    }

    private async ValueTask FinishAsync(SocketCloseReason reason)
    {
        if (_connection is { } connection)
        {
            connection.TryMarkClosed(reason);
            await FarewellAsync(connection, withSession: true);
        }
    }

    private async ValueTask FarewellAsync(SocketConnection connection, bool withSession)
    {
        try
        {
            await services.Handler.DisconnectedAsync(connection, connection.Closed!);
        }
        catch (Exception failure) when (Survives(failure, connection, nameof(ISocketHandler.DisconnectedAsync)))
        {
            // Nothing is left to close.
        }

        _connection = null;
        connection.Complete(withSession);
    }

    private bool Survives(Exception failure, SocketConnection connection, string method)
    {
        // A handler that gives up because its connection is gone does as it should.
        if (failure is not OperationCanceledException || connection.Closed is null)
        {
            Log.HandlerFailed(services.Logger, failure, method, connection.Id);
        }

        return failure is not OutOfMemoryException;
    }
}
