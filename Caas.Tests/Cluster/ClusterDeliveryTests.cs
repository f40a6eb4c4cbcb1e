using System.Security.Cryptography;
using Caas.Tests.Faults;

namespace Caas.Tests.Cluster;

/// <summary>P7 over several processes: a device comes back to whichever of them, and through the gateway.</summary>
[Collection(ClusterRig.Collection)]
public sealed class ClusterDeliveryTests(SharedCluster cluster, ITestOutputHelper output) : IClassFixture<SharedCluster>
{
    [Fact]
    public async Task Devices_that_come_and_go_between_nodes_have_everything_once_and_in_order()
    {
        var seed = (ulong)OrderRun.Setting("CAAS_TEST_SEED", RandomNumberGenerator.GetInt32(1, 1_000_000));
        output.WriteLine($"seed {seed}");
        using var run = new DeliveryRun([cluster.Rig.Gateway, .. cluster.Rig.Messaging.Select(node => node.Url)]);

        await run.ExecuteAsync(seed);

        output.WriteLine(run.ToString());
        run.Check();
    }
}
