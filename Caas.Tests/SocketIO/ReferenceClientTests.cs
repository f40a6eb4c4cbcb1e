using Caas.SocketIO;
using Caas.SocketIO.Connections;
using Caas.Tests.Support;

namespace Caas.Tests.SocketIO;

/// <summary>The real socket.io-client from npm against the real server.</summary>
public sealed class ReferenceClientTests
{
    [Theory]
    [InlineData("default")]
    [InlineData("websocket")]
    [InlineData("polling")]
    [InlineData("refused")]
    [InlineData("namespace")]
    [InlineData("broadcast")]
    [InlineData("order")]
    [InlineData("reconnect")]
    [InlineData("kicked")]
    public async Task The_client_from_npm_is_content(string scenario)
    {
        await using var host = await SocketIOHost.StartAsync();
        var room = new SocketRoom();
        host.Handler.OnConnect = static (_, auth, _) => ValueTask.FromResult(
            auth is "{\"token\":\"good\"}"
                ? ConnectDecision.Accept
                : ConnectDecision.Refuse("Not authorized", "{\"status\":401,\"code\":\"token.invalid\"}"u8.ToArray()));
        host.Handler.OnConnected = connection =>
        {
            room.Add(connection);
            connection.TryEmit(EncodedEvent.Create("session.ready", "{}"u8));
            return ValueTask.CompletedTask;
        };
        host.Handler.OnEvent = (connection, e, _) =>
        {
            Handle(connection, e, room);
            return ValueTask.CompletedTask;
        };

        await NodeProcess.RunAsync(Folder(), "client.js", host.Address.GetLeftPart(UriPartial.Authority), scenario);
    }

    public static string Folder() => Repository.Folder("Caas.Tests", "SocketIO", "node");

    private static void Handle(SocketConnection connection, InboundEvent e, SocketRoom room)
    {
        switch (e.Name)
        {
            case "echo":
                e.TryAcknowledge(e.Argument);
                break;
            case "binary":
                byte[] arguments = [.. e.Arguments[0].Span, (byte)',', .. e.Arguments[1].Span];
                connection.TryEmit(EncodedEvent.Create("binary.back", arguments, e.Attachments.ToArray()));
                break;
            case "broadcast":
                room.Broadcast(EncodedEvent.Create("news", e.Argument.Span));
                break;
            case "restart":
                connection.Close(
                    SocketCloseReason.ServerStopping, EncodedEvent.Create("session.ended", "{\"reason\":\"drained\"}"u8));
                break;
            case "kick":
                connection.Close(SocketCloseReason.Create("revoked", reconnects: false));
                break;
        }
    }
}
