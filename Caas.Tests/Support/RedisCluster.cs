using System.Diagnostics;

namespace Caas.Tests.Support;

/// <summary>Three redis-servers on the loopback that are one cluster, each with a third of the slots.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Nodes = 3;

    private readonly List<RedisServer> _servers = [];

    private RedisCluster()
    {
    }

    public string ConnectionString => string.Join(',', _servers.Select(server => server.Address));

    public IReadOnlyList<RedisServer> Servers => _servers;

    public static async Task<RedisCluster> StartAsync()
    {
        var cluster = new RedisCluster();
        try
        {
            for (var i = 0; i < Nodes; i++)
            {
                // The bus's own port would be this one and 10000, which may not exist.
                cluster._servers.Add(await RedisServer.StartAsync(
                    "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port", $"{FreePort.Next()}"));
            }

            await CliAsync(["--cluster", "create", .. cluster._servers.Select(server => server.Address), "--cluster-yes"]);
            foreach (var server in cluster._servers)
            {
                await Poll.UntilAsync(
                    async () => (await CliAsync("-p", $"{server.Port}", "cluster", "info")).Contains("cluster_state:ok", StringComparison.Ordinal),
                    "every node of the cluster serves");
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private static async Task<string> CliAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("redis-cli", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(SocketIOHost.Ct);
        await process.WaitForExitAsync(SocketIOHost.Ct);
        process.ExitCode.ShouldBe(0, output);
        return output;
    }
}
