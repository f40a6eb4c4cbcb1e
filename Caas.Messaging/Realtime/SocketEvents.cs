namespace Caas.Messaging.Realtime;

/// <summary>The names on a socket that are not events of the product: about the connection itself, and the commands.</summary>
internal static class SocketEvents
{
    /// <summary>Down: the caller's conversations are joined. <c>{ userId, deviceId, sessionId, serverTime, expiresAt }</c>.</summary>
    public const string SessionReady = "session.ready";

    /// <summary>Down: the token ends in two minutes; answer with <see cref="TokenRefresh"/>. <c>{ expiresAt }</c>.</summary>
    public const string SessionExpiring = "session.expiring";

    /// <summary>Down: the connection is closed. <c>{ reason: "expired" | "revoked" | "drained" | "slow" }</c>.</summary>
    public const string SessionEnded = "session.ended";

    /// <summary>Down: the device may have missed something. <c>{}</c>.</summary>
    public const string SyncRequired = "sync.required";

    /// <summary>Down: this node stops; connect again after a moment. <c>{ reconnectAfterMs }</c>.</summary>
    public const string ServerDraining = "server.draining";

    /// <summary>Up: a new token for this connection. <c>{ token }</c>.</summary>
    public const string TokenRefresh = "token.refresh";

    /// <summary>Up: the body of <c>POST /api/messages</c>.</summary>
    public const string MessageSend = "message.send";

    /// <summary>Up: <c>{ conversationId, sequence }</c>.</summary>
    public const string ReadMark = "read.mark";

    /// <summary>Up: the body of <c>POST /api/sync</c>.</summary>
    public const string SyncRequest = "sync.request";

    /// <summary>Up: <c>{ messageId, text }</c>.</summary>
    public const string MessageEdit = "message.edit";

    /// <summary>Up: <c>{ messageId }</c>.</summary>
    public const string MessageDelete = "message.delete";

    /// <summary>Up: <c>{ messageId, emoji }</c>.</summary>
    public const string ReactionAdd = "reaction.add";

    /// <summary>Up: <c>{ messageId, emoji }</c>.</summary>
    public const string ReactionRemove = "reaction.remove";

    /// <summary>Up: <c>{ conversationId }</c>.</summary>
    public const string TypingStart = "typing.start";

    /// <summary>Up: <c>{ conversationId }</c>.</summary>
    public const string TypingStop = "typing.stop";

    /// <summary>Up: <c>{ status: "online" | "away" }</c>.</summary>
    public const string PresenceSet = "presence.set";

    /// <summary>Up: <c>{ userIds }</c>.</summary>
    public const string PresenceSubscribe = "presence.subscribe";
}
