using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;

namespace Caas.AppHost.Resources;

/// <summary>What a compose file says of a container.</summary>
internal static class ComposeHardening
{
    // The images have bash and no client of HTTP. One connection, one question; the first line of the answer decides.
    private const string Probe =
        "exec 3<>/dev/tcp/127.0.0.1/8080; printf 'GET /alive HTTP/1.0\\r\\n\\r\\n' >&3; read -r -t 4 line <&3; [[ $$line == *' 200 '* ]]";

    /// <summary>A service.</summary>
    public static void Harden(this Service service, int replicas, Footprint footprint)
    {
        service.Restart = "unless-stopped";
        service.ReadOnly = true;
        service.Tmpfs = ["/tmp"];
        service.CapDrop = ["ALL"];
        service.SecurityOpt = ["no-new-privileges:true"];

        // Longer than a process takes to drain.
        service.StopGracePeriod = "30s";
        service.Deploy = Taking(footprint);
        service.Deploy.Replicas = replicas == 1 ? null : replicas;
        service.Healthcheck = new Healthcheck
        {
            Test = ["CMD", "bash", "-c", Probe],
            Interval = "10s",
            Timeout = "5s",
            Retries = 3,
            StartPeriod = "120s",
        };
    }

    /// <summary>A node of an engine.</summary>
    public static void KeepRunning(this Service node, Footprint footprint)
    {
        node.Restart = "unless-stopped";
        node.StopGracePeriod = "60s";
        node.Deploy = Taking(footprint);
    }

    /// <summary>What does its work and ends.</summary>
    public static void RunOnce(this Service once, Footprint footprint)
    {
        once.Restart = "on-failure";
        once.Deploy = Taking(footprint);
    }

    private static Deploy Taking(Footprint footprint) => new()
    {
        Resources = new() { Limits = new ResourceSpec { Memory = footprint.ComposeMemory } },
    };
}
