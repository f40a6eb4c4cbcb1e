namespace Caas.Domain.Events;

/// <summary>The names of everything that happens; the same in the stream, on sockets, in webhooks and in sync.</summary>
public static class EventTypes
{
    /// <summary>A conversation was made; data is the conversation.</summary>
    public const string ConversationCreated = "conversation.created";

    /// <summary>A conversation's settings changed; data is the conversation.</summary>
    public const string ConversationUpdated = "conversation.updated";

    /// <summary>A conversation was deleted, with all its content; data is the conversation.</summary>
    public const string ConversationDeleted = "conversation.deleted";

    /// <summary>A user became a member; data is the member.</summary>
    public const string MemberAdded = "member.added";

    /// <summary>A member's role changed; data is the member.</summary>
    public const string MemberUpdated = "member.updated";

    /// <summary>A user is no longer a member; data is the member as they were.</summary>
    public const string MemberRemoved = "member.removed";

    /// <summary>A message was sent; data is the message.</summary>
    public const string MessageSent = "message.sent";

    /// <summary>A message was edited; data is the message.</summary>
    public const string MessageEdited = "message.edited";

    /// <summary>A message was deleted; data is the tombstone.</summary>
    public const string MessageDeleted = "message.deleted";

    /// <summary>A message was pinned; data is the message.</summary>
    public const string MessagePinned = "message.pinned";

    /// <summary>A message was unpinned; data is the message.</summary>
    public const string MessageUnpinned = "message.unpinned";

    /// <summary>A user reacted; data is the reaction.</summary>
    public const string ReactionAdded = "reaction.added";

    /// <summary>A user took a reaction back; data is the reaction.</summary>
    public const string ReactionRemoved = "reaction.removed";

    /// <summary>A client was registered; data is the client.</summary>
    public const string ClientCreated = "client.created";

    /// <summary>A client changed; data is the client.</summary>
    public const string ClientUpdated = "client.updated";

    /// <summary>A client is being erased; data is the client.</summary>
    public const string ClientDeleted = "client.deleted";

    /// <summary>An application was made; data is the application.</summary>
    public const string ApplicationCreated = "application.created";

    /// <summary>An application was deleted; data is the application.</summary>
    public const string ApplicationDeleted = "application.deleted";

    /// <summary>An API key was made; data is the key without its secret.</summary>
    public const string KeyCreated = "key.created";

    /// <summary>An API key was rotated; data is the new key without its secret.</summary>
    public const string KeyRotated = "key.rotated";

    /// <summary>An API key was revoked; data is the key.</summary>
    public const string KeyRevoked = "key.revoked";

    /// <summary>A user was made; data is the user.</summary>
    public const string UserCreated = "user.created";

    /// <summary>A user changed; data is the user.</summary>
    public const string UserUpdated = "user.updated";

    /// <summary>A user was erased; data is the user's id.</summary>
    public const string UserDeleted = "user.deleted";

    /// <summary>A session was ended before its time; data is the session.</summary>
    public const string SessionRevoked = "session.revoked";

    /// <summary>Someone began to type; on sockets alone.</summary>
    public const string TypingStarted = "typing.started";

    /// <summary>Someone stopped typing; on sockets alone.</summary>
    public const string TypingStopped = "typing.stopped";

    /// <summary>Someone came or went; on sockets alone.</summary>
    public const string PresenceChanged = "presence.changed";

    /// <summary>Someone read up to a sequence number; on sockets alone.</summary>
    public const string ReadMarked = "read.marked";
}
