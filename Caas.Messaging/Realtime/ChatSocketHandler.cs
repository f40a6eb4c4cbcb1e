using System.Text.Json;
using Caas.Domain.Errors;
using Caas.Http;
using Caas.Http.Cors;
using Caas.Http.Credentials;
using Caas.Http.Problems;
using Caas.Messaging.Presence;
using Caas.SocketIO;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Realtime;

/// <summary>What CaaS does with sockets: lets them in by their access token, joins them, and executes their commands.</summary>
internal sealed class ChatSocketHandler(
    CredentialReader credentials,
    OriginPolicy origins,
    RealtimeNode node,
    SocketCommands commands,
    PresenceNode presence,
    TypingNode typing,
    HttpMetrics metrics,
    TimeProvider clock) : ISocketHandler
{
    /// <inheritdoc/>
    public async ValueTask<ConnectDecision> ConnectAsync(
        SocketConnection connection, ReadOnlyMemory<byte> authJson, CancellationToken ct)
    {
        if (TokenOf(authJson) is not { } token)
        {
            return Refuse(new Error(ErrorCatalogue.Unauthenticated, "Connect with auth: { token: <access token> }."));
        }

        var read = await credentials.ReadTokenAsync(token, ct);
        if (!read.TryGet(out var caller, out var error))
        {
            return Refuse(error);
        }

        // The handshake let in what any application lists; the credential's own application has the last word.
        if (connection.Origin is { } origin && !await origins.IsAllowedAsync(caller, origin, ct))
        {
            return Refuse(new Error(ErrorCatalogue.OriginNotAllowed, "The application does not list this origin."));
        }

        connection.State = new ChatSession(connection, caller);
        return ConnectDecision.Accept;
    }

    /// <inheritdoc/>
    public async ValueTask ConnectedAsync(SocketConnection connection, CancellationToken ct)
    {
        var session = ChatSession.Of(connection);
        await node.JoinAsync(session, ct);
        connection.TryEmit(SessionMessages.Ready(session, clock.GetUtcNow()));
        await presence.TouchAsync(session, ct);
    }

    /// <inheritdoc/>
    public ValueTask EventAsync(SocketConnection connection, InboundEvent e, CancellationToken ct) =>
        commands.ExecuteAsync(ChatSession.Of(connection), e, ct);

    /// <inheritdoc/>
    public async ValueTask DisconnectedAsync(SocketConnection connection, SocketCloseReason reason)
    {
        // Nobody waits for it, and nothing may stop it: what is left behind would stay for ever.
        var session = ChatSession.Of(connection);
        await node.LeaveAsync(session, CancellationToken.None);
        await typing.SweepAsync(session, gone: true, CancellationToken.None);
        await presence.RemoveAsync(session, CancellationToken.None);
    }

    private static string? TokenOf(ReadOnlyMemory<byte> authJson)
    {
        try
        {
            using var auth = JsonDocument.Parse(authJson);
            return auth.RootElement.ValueKind == JsonValueKind.Object
                && auth.RootElement.TryGetProperty("token"u8, out var token)
                && token.ValueKind == JsonValueKind.String
                    ? token.GetString()
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or text that is no Unicode: as good as no token.
            return null;
        }
    }

    private ConnectDecision Refuse(Error error)
    {
        metrics.Refused(error.Code.Code, RefusalWay.Handshake);
        return ConnectDecision.Refuse(
            error.Code.Title, JsonSerializer.SerializeToUtf8Bytes(Problem.Of(error), ProblemJson.Default.Problem));
    }
}
