using Caas.Domain.Ids;

namespace Caas.Domain.Presence;

/// <summary>
/// Who is there: the union of a user's connections on all nodes. A user without a connection is offline after a grace
/// period, so that a reconnect shows nobody leaving; a node that dies takes its connections with it after their expiry.
/// Nothing in it is durable. Thread-safe.
/// </summary>
public interface IPresence
{
    /// <summary>
    /// A connection is there, with this status; repeated before the expiry, by the node that holds it, and whenever the
    /// status changes. Gives the user's presence where this changed it, else null. It never makes less of the user while
    /// a grace period runs.
    /// </summary>
    ValueTask<UserPresence?> TouchAsync(
        ClientId clientId, UserId userId, string connectionId, PresenceStatus status, CancellationToken cancellationToken);

    /// <summary>A connection is gone. The user's presence changes, if it does, when the grace period ends.</summary>
    ValueTask RemoveAsync(ClientId clientId, UserId userId, string connectionId, CancellationToken cancellationToken);

    /// <summary>
    /// The presence of these users, in their order; offline, never seen, for those nobody knows of. Refused with
    /// <c>service_unavailable</c> where the engine is away, while the other members then do nothing.
    /// </summary>
    ValueTask<IReadOnlyList<UserPresence>> ReadAsync(
        ClientId clientId, IReadOnlyList<UserId> userIds, CancellationToken cancellationToken);

    /// <summary>
    /// Those whose presence changed because a grace period or an expiry passed, each told once to one caller of one
    /// node. Called now and then.
    /// </summary>
    ValueTask<IReadOnlyList<(ClientId ClientId, UserPresence Presence)>> SweepAsync(CancellationToken cancellationToken);
}

/// <summary>What a connection says of its user.</summary>
public enum PresenceStatus
{
    /// <summary>No connection.</summary>
    Offline,

    /// <summary>Connected, and not looking.</summary>
    Away,

    /// <summary>Connected.</summary>
    Online,
}

/// <summary>Whether a user is there: the best of their connections.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Status">The status.</param>
/// <param name="LastSeenAt">When a connection was last there; null where none ever was.</param>
public sealed record UserPresence(UserId UserId, PresenceStatus Status, DateTimeOffset? LastSeenAt);

/// <summary>The words for statuses.</summary>
public static class PresenceWords
{
    /// <summary>The word of a status.</summary>
    public static string Of(PresenceStatus status) => status switch
    {
        PresenceStatus.Online => "online",
        PresenceStatus.Away => "away",
        PresenceStatus.Offline => "offline",
    };

    /// <summary>The status of a word that a device may say of itself; null for others.</summary>
    public static PresenceStatus? Parse(string? word) => word switch
    {
        "online" => PresenceStatus.Online,
        "away" => PresenceStatus.Away,
        _ => null,
    };
}
