using Caas.Domain.Ids;
using Caas.Domain.Presence;

namespace Caas.Messaging.Presence;

/// <summary>Who is there.</summary>
/// <param name="Items">The users whom the caller may know about.</param>
internal sealed record PresenceAnswer(IReadOnlyList<PresenceItem> Items)
{
    /// <summary>The presences as an answer.</summary>
    public static PresenceAnswer Of(IEnumerable<UserPresence> presences) => new([.. presences.Select(PresenceItem.Of)]);
}

/// <summary>Whether one user is there.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Status"><c>online</c>, <c>away</c> or <c>offline</c>.</param>
/// <param name="LastSeenAt">When they were last connected; null where nobody knows.</param>
internal sealed record PresenceItem(UserId UserId, string Status, DateTimeOffset? LastSeenAt)
{
    /// <summary>The presence as an item.</summary>
    public static PresenceItem Of(UserPresence presence) =>
        new(presence.UserId, PresenceWords.Of(presence.Status), presence.LastSeenAt);
}
