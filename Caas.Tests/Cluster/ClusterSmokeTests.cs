using Caas.Tests.Smoke;

namespace Caas.Tests.Cluster;

/// <summary><c>caas smoke</c> against the gateway of five processes.</summary>
[Collection(ClusterRig.Collection)]
public sealed class ClusterSmokeTests
{
    [Fact]
    public async Task The_cluster_passes_every_step()
    {
        await using var rig = await ClusterRig.StartAsync(
            [.. ClusterEngines.Patient, "--Caas:Platform:Key", SmokeRuns.PlatformKey]);

        var run = await SmokeRuns.RunAsync(rig.Gateway);

        run.ShouldPass();
        run.Ended("Passed").ShouldContain("health of presence", StringComparer.Ordinal);
    }
}
