using System.IO.Hashing;
using System.Text;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Presence;
using StackExchange.Redis;

namespace Caas.Engines.Redis.Presence;

/// <inheritdoc cref="IPresence"/>
/// <remarks>
/// For all nodes, on the clock of the Redis server. Each connection expires for itself, so a node that dies takes only
/// its own with it. While Redis is away touches, removals and sweeps do nothing and say nothing, and a read is refused
/// with <c>service_unavailable</c>: what is not known is not called offline. The touches that follow bring back what was
/// lost.
/// </remarks>
/// <param name="circuit">The way to Redis; disposed with this.</param>
/// <param name="keys">The names.</param>
/// <param name="options">The times.</param>
internal sealed class RedisPresence(RedisCircuit circuit, RedisKeys keys, RedisOptions options) : IPresence, IDisposable
{
    // Of each shard in one sweep; the rest has its turn in the next one.
    private const int MaxDue = 200;

    private static readonly Error Away =
        new(ErrorCatalogue.ServiceUnavailable, "Presence cannot be read now.") { RetryAfter = TimeSpan.FromSeconds(2) };

    /// <summary>Whether presence is known.</summary>
    public bool IsKnown => circuit.IsClosed;

    /// <inheritdoc/>
    public ValueTask<UserPresence?> TouchAsync(
        ClientId clientId, UserId userId, string connectionId, PresenceStatus status, CancellationToken cancellationToken) =>
        ActAsync("touch", clientId, userId, connectionId, status, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(ClientId clientId, UserId userId, string connectionId, CancellationToken cancellationToken) =>
        await ActAsync("remove", clientId, userId, connectionId, PresenceStatus.Offline, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<UserPresence>> ReadAsync(
        ClientId clientId, IReadOnlyList<UserId> userIds, CancellationToken cancellationToken)
    {
        var read = new UserPresence[userIds.Count];
        var shards = Enumerable.Range(0, userIds.Count).GroupBy(i => ShardOf(RedisKeys.PresenceMember(clientId, userIds[i])));
        await Task.WhenAll(shards.Select(shard => ReadShardAsync(clientId, userIds, [.. shard], shard.Key, read, cancellationToken)))
            .ConfigureAwait(false);
        return read;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<(ClientId ClientId, UserPresence Presence)>> SweepAsync(CancellationToken cancellationToken)
    {
        var due = await Task.WhenAll(Enumerable.Range(0, RedisKeys.PresenceShards)
            .Select(shard => ListDueAsync(shard, cancellationToken))).ConfigureAwait(false);
        var looked = await Task.WhenAll(due.SelectMany(static members => members)
            .Select(member => LookAsync(member, cancellationToken))).ConfigureAwait(false);
        return [.. looked.OfType<(ClientId, UserPresence)>()];
    }

    /// <inheritdoc/>
    public void Dispose() => circuit.Dispose();

    private static int ShardOf(string member) =>
        (int)(XxHash32.HashToUInt32(Encoding.ASCII.GetBytes(member)) % RedisKeys.PresenceShards);

    private static UserPresence Of(UserId userId, RedisResult status, RedisResult seen) => new(
        userId,
        (PresenceStatus)(int)status,
        (long)seen is var time and > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null);

    private async ValueTask<UserPresence?> ActAsync(
        string act, ClientId clientId, UserId userId, string connectionId, PresenceStatus status, CancellationToken cancellationToken)
    {
        var member = RedisKeys.PresenceMember(clientId, userId);
        var shard = ShardOf(member);
        var changed = await circuit.EvaluateAsync(
            RedisScripts.Presence,
            [keys.PresenceUser(shard, member), keys.PresenceDue(shard)],
            [
                act,
                member,
                (long)options.PresenceExpiry.TotalMilliseconds,
                (long)options.PresenceGrace.TotalMilliseconds,
                (long)options.PresenceMemory.TotalMilliseconds,
                connectionId,
                (int)status,
            ],
            cancellationToken).ConfigureAwait(false);
        return changed is null or { IsNull: true } ? null : Of(userId, changed[0], changed[1]);
    }

    private async Task ReadShardAsync(
        ClientId clientId, IReadOnlyList<UserId> userIds, int[] places, int shard, UserPresence[] read, CancellationToken cancellationToken)
    {
        var users = Array.ConvertAll(places, i => keys.PresenceUser(shard, RedisKeys.PresenceMember(clientId, userIds[i])));
        var found = await circuit.EvaluateAsync(RedisScripts.PresenceRead, users, [], cancellationToken).ConfigureAwait(false)
            ?? throw new RefusedException(Away);
        for (var i = 0; i < places.Length; i++)
        {
            read[places[i]] = Of(userIds[places[i]], found[2 * i], found[(2 * i) + 1]);
        }
    }

    private async Task<string?[]> ListDueAsync(int shard, CancellationToken cancellationToken)
    {
        var due = await circuit.EvaluateAsync(
            RedisScripts.PresenceDue, [keys.PresenceDue(shard)], [MaxDue], cancellationToken).ConfigureAwait(false);
        return due is null ? [] : (string?[]?)due ?? [];
    }

    // Of the nodes that look at the same moment one is told: the script settles the user and takes them off the list.
    private async Task<(ClientId, UserPresence)?> LookAsync(string? member, CancellationToken cancellationToken)
    {
        if (!RedisKeys.TryReadMember(member, out var clientId, out var userId))
        {
            return null;
        }

        var changed = await ActAsync("look", clientId, userId, string.Empty, PresenceStatus.Offline, cancellationToken)
            .ConfigureAwait(false);
        return changed is null ? null : (clientId, changed);
    }
}
