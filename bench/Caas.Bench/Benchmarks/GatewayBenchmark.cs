using System.CommandLine;
using Caas.Bench.Drivers;
using Caas.Bench.Processes;
using Caas.Bench.Results;

namespace Caas.Bench.Benchmarks;

/// <summary>
/// A small GET behind token and limit. The cheapest that the product has is the presence of oneself, which reads no
/// store; a user by id is the cheapest that reads one row.
/// </summary>
internal static class GatewayBenchmark
{
    private const int Ok = 200;

    private static readonly string[] Paths = ["/api/presence?userIds=u0", "/api/users/u0"];

    public static Command Command()
    {
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 64, Description = "Kept connections, each waiting for its answer." };
        var requests = new Option<int>("--requests") { DefaultValueFactory = _ => 200_000, Description = "Requests that are measured." };
        var warmUp = new Option<int>("--warm-up") { DefaultValueFactory = _ => 100_000, Description = "Requests before, a round." };
        var noPeer = new Option<bool>("--no-peer") { Description = "Do not measure Fastify." };
        return BenchRun.Command("gateway", "A small authenticated GET.", [connections, requests, warmUp, noPeer, BenchRun.ClusterOption()], async (run, parse, cancellationToken) =>
        {
            var load = new Load(parse.GetValue(connections), parse.GetValue(warmUp), parse.GetValue(requests));
            var answer = string.Empty;
            var ours = await run.MeasureProductAsync(
                async server =>
                {
                    (var measured, answer) = await MeasureProductAsync(run, server, load, cancellationToken);
                    return measured;
                },
                cancellationToken);
            if (!parse.GetValue(noPeer))
            {
                await BenchRun.TryPeerAsync(() => MeasurePeerAsync(run, load, ours[0], answer, cancellationToken));
            }

            return "gateway";
        });
    }

    private static async Task<(IReadOnlyList<Measurement> Measured, string Answer)> MeasureProductAsync(
        BenchRun run, IMeasuredServer server, Load load, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(server.Url);
        var key = await api.RegisterAsync(cancellationToken);
        var tokens = await api.CreateUsersAsync(key, 1, cancellationToken);
        var measured = new List<Measurement>();
        foreach (var path in Paths)
        {
            measured.Add(await MeasureAsync($"GET {path}", server, path, tokens[0], load, cancellationToken));
            run.Add(measured[^1]);
        }

        return (measured, await api.GetAsync(Paths[0], tokens[0], cancellationToken));
    }

    private static async Task MeasurePeerAsync(
        BenchRun run, Load load, Measurement ours, string answer, CancellationToken cancellationToken)
    {
        await using var peer = await PeerProcess.StartAsync(run.ServerCore, "fastify", answer, cancellationToken);
        var theirs = await MeasureAsync("Fastify, the same answer", peer, Paths[0], peer.Token, load, cancellationToken);
        run.Add(theirs);
        run.Add(Measure.Ratio("product / Fastify", ours, theirs));
    }

    private static async Task<Measurement> MeasureAsync(
        string name, IMeasuredServer server, string path, string token, Load load, CancellationToken cancellationToken)
    {
        var request = HttpRequest.Get(server.Url, path, token);
        var wires = new List<HttpWire>();
        try
        {
            for (var i = 0; i < load.Connections; i++)
            {
                wires.Add(await HttpWire.ConnectAsync(server.Url, cancellationToken));
            }

            var loop = new ClosedLoop<HttpWire>(
                wires, async (wire, _, cancel) => await wire.SendAsync(request, Ok, cancel));
            await loop.WarmUpAsync(server, load.WarmUp, cancellationToken);
            return await loop.MeasureAsync(name, server, load.Requests, settle: null, cancellationToken);
        }
        finally
        {
            wires.ForEach(wire => wire.Dispose());
        }
    }

    private sealed record Load(int Connections, int WarmUp, int Requests);
}
