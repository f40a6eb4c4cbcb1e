using System.Globalization;
using Caas.Domain.Ids;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>
/// Every name in Redis, with what is there. All begin with the deployment's prefix, so that an ACL user needs
/// <c>~PREFIX:* &amp;PREFIX:*</c> and no more. What a script touches together has one hash tag, hence one slot.
/// </summary>
/// <param name="prefix"><see cref="RedisOptions.Prefix"/>.</param>
internal sealed class RedisKeys(string prefix)
{
    /// <summary>Over how many slots presence is spread. A constant: nodes that differ in it would not see each other's users.</summary>
    public const int PresenceShards = 32;

    /// <summary>
    /// String: the theoretical arrival time of the next request of this budget, in microseconds of the server's clock.
    /// Expires when the budget is whole again.
    /// </summary>
    public RedisKey RateLimit(string budget) => $"{prefix}:limit:{{{budget}}}";

    /// <summary>
    /// String: the number of the shard's last signal. It begins at the server's time in microseconds, so that a counter
    /// that was lost goes on above all its earlier numbers.
    /// </summary>
    public RedisKey BusCounter(int shard) => Bus(shard) + ":number";

    /// <summary>String, for half a heartbeat: somebody has said the shard's number.</summary>
    public RedisKey BusBeat(int shard) => Bus(shard) + ":beat";

    /// <summary>String: over how many shards the nodes that run divide the bus (<see cref="BusAgreement"/>).</summary>
    public RedisKey BusShards => $"{prefix}:bus:shards";

    /// <summary>Sharded channel: the shard's frames (<see cref="RealtimeFrame"/>).</summary>
    public string BusChannel(int shard) => Bus(shard);

    /// <summary>
    /// Hash of a user: <c>c:CONNECTION</c> = <c>STATUS:EXPIRY</c> for each connection, <c>announced</c> (the status that
    /// was told last), <c>seen</c> and <c>gone</c> (times). All times in milliseconds of the server's clock.
    /// </summary>
    public RedisKey PresenceUser(int shard, string member) => $"{Presence(shard)}:{member}";

    /// <summary>Sorted set of <see cref="PresenceMember"/>: by when the user must be looked at again.</summary>
    public RedisKey PresenceDue(int shard) => $"{Presence(shard)}:due";

    /// <summary>A user in the keys of presence.</summary>
    public static string PresenceMember(ClientId clientId, UserId userId) => $"{clientId.Value:N}:{userId.Value}";

    /// <summary>The user of a <see cref="PresenceMember"/>; false for what is none.</summary>
    public static bool TryReadMember(string? member, out ClientId clientId, out UserId userId)
    {
        const int Digits = 32;
        userId = default;
        clientId = default;
        if (member is not { Length: > Digits } || member[Digits] != ':'
            || !Guid.TryParseExact(member.AsSpan(0, Digits), "N", out var client))
        {
            return false;
        }

        clientId = new ClientId(client);
        return UserId.TryParse(member[(Digits + 1)..], out userId);
    }

    private string Bus(int shard) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:{{bus-{shard}}}");

    private string Presence(int shard) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:{{presence-{shard}}}");
}
