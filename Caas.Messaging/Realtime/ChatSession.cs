using System.Collections.Concurrent;
using Caas.Domain.Callers;
using Caas.Domain.Ids;
using Caas.Domain.Presence;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Realtime;

/// <summary>
/// One authenticated connection. The caller changes with <c>token.refresh</c>, the rest never.
/// </summary>
/// <param name="connection">The socket.</param>
/// <param name="caller">Whose it is.</param>
internal sealed class ChatSession(SocketConnection connection, Caller caller)
{
    private ConcurrentDictionary<ConversationId, long>? _typing;
    private volatile Caller _caller = caller;

    /// <summary>The socket.</summary>
    public SocketConnection Connection => connection;

    /// <summary>Whose it is now.</summary>
    public Caller Caller => _caller;

    /// <summary>When its token ends.</summary>
    public DateTimeOffset ExpiresAt => Caller.ExpiresAt ?? DateTimeOffset.MaxValue;

    /// <summary>Whether <c>session.expiring</c> was sent for this token. Owned by the sweep.</summary>
    public bool WarnedOfExpiry { get; set; }

    /// <summary>The sweep's round in which its presence was told last; null before its first. Owned by the sweep.</summary>
    public int? TouchedInRound { get; set; }

    /// <summary>What this device says of its user.</summary>
    public PresenceStatus Status { get; set; } = PresenceStatus.Online;

    /// <summary>Whose presence it subscribed to. Set by its own commands, one at a time.</summary>
    public IReadOnlyList<UserId> Watched { get; set; } = [];

    /// <summary>Where it types, since when.</summary>
    public ConcurrentDictionary<ConversationId, long> Typing => LazyInitializer.EnsureInitialized(ref _typing);

    /// <summary>Whether it types anywhere; asking makes nothing.</summary>
    public bool IsTyping => _typing is { IsEmpty: false };

    /// <summary>Its user's channel on this node; set when the connection is accepted.</summary>
    public UserChannel? Channel { get; set; }

    /// <summary>Takes a new token of the same user and session.</summary>
    public void Renew(Caller renewed)
    {
        _caller = renewed;
        WarnedOfExpiry = false;
    }

    /// <summary>The session of a connection that was accepted.</summary>
    public static ChatSession Of(SocketConnection connection) =>
        connection.State as ChatSession ?? throw new InvalidOperationException("The connection was not accepted.");
}
