using System.Globalization;
using Caas.Engines.Doctor;
using StackExchange.Redis;

namespace Caas.Engines.Redis.Doctor;

/// <summary>How a cluster is as a whole; nothing where the server is a single one.</summary>
internal static class RedisClusterFindings
{
    private const string AllSlots = "16384";

    public static async Task<IReadOnlyList<Finding>> ReadAsync(
        IConnectionMultiplexer redis, Examination examination, CancellationToken cancellationToken)
    {
        if (redis.GetServers().FirstOrDefault(static one => one is { IsConnected: true, ServerType: ServerType.Cluster }) is not { } server)
        {
            return [];
        }

        var told = await RedisLines.AskAsync(server, "CLUSTER", ["INFO"], cancellationToken).ConfigureAwait(false);
        var primaries = server.ClusterConfiguration?.Nodes.Count(static node => !node.IsReplica) ?? 0;
        return
        [
            Of("state", told.GetValueOrDefault("cluster_state", "unknown"), "ok", "See CLUSTER NODES: a primary is away, or slots belong to nobody."),
            Of("slots", told.GetValueOrDefault("cluster_slots_ok", "unknown"), AllSlots, "redis-cli --cluster fix, or bring back the node that had them."),
            Finding.Of(
                primaries >= 3,
                "cluster, primaries",
                primaries.ToString(CultureInfo.InvariantCulture),
                examination.LackOfMembers,
                "at least 3",
                "Add primaries: fewer than three cannot agree on who takes over."),
        ];
    }

    private static Finding Of(string what, string found, string wanted, string cure) =>
        Finding.Of(found == wanted, $"cluster, {what}", found, Severity.Error, wanted, cure);
}
