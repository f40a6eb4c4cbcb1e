using Caas.Tests.Faults;

namespace Caas.Tests.Cluster;

/// <summary>P4 on two nodes: a third of the writers each through the gateway and at either node.</summary>
[Collection(ClusterRig.Collection)]
public sealed class ClusterOrderTests(ClusterOrderRun run, ITestOutputHelper output)
    : OrderSuite(run, output), IClassFixture<ClusterOrderRun>;

public sealed class ClusterOrderRun : OrderRun
{
    private ClusterRig? _rig;

    public override async ValueTask DisposeAsync()
    {
        await (_rig?.DisposeAsync() ?? default);
        await base.DisposeAsync();
    }

    protected override async Task<IReadOnlyList<Uri>> StartAsync()
    {
        _rig = await ClusterRig.StartAsync();
        return [_rig.Gateway, .. _rig.Messaging.Select(node => node.Url)];
    }
}
