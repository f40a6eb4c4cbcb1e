using System.CommandLine;
using Caas.Bench.Drivers;
using Caas.Bench.Processes;
using Caas.Bench.Results;

namespace Caas.Bench.Benchmarks;

/// <summary>
/// One conversation whose members are all connected: what a delivery costs the server. The product commits, relays and
/// delivers; the peer, a Socket.IO server of Node, broadcasts an equal envelope to a room and keeps nothing.
/// </summary>
internal static class FanOutBenchmark
{
    private static readonly int[] InFlight = [1, 4];

    public static Command Command()
    {
        var members = new Option<int>("--members") { DefaultValueFactory = _ => 1000, Description = "Connected members." };
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 400, Description = "Messages that are measured." };
        var warmUp = new Option<int>("--warm-up") { DefaultValueFactory = _ => 200, Description = "Messages before, a round." };
        var noPeer = new Option<bool>("--no-peer") { Description = "Do not measure Node's socket.io." };
        return BenchRun.Command("fanout", "Delivery to many sockets.", [members, messages, warmUp, noPeer, BenchRun.ClusterOption()], async (run, parse, cancellationToken) =>
        {
            var load = new Load(parse.GetValue(members), parse.GetValue(warmUp), parse.GetValue(messages));
            var envelope = string.Empty;
            var ours = await run.MeasureProductAsync(
                async server =>
                {
                    (var measured, envelope) = await MeasureProductAsync(run, server, load, cancellationToken);
                    return measured;
                },
                cancellationToken);
            if (!parse.GetValue(noPeer))
            {
                await BenchRun.TryPeerAsync(() => MeasurePeerAsync(run, load, ours, envelope, cancellationToken));
            }

            return $"fanout-{load.Members}";
        });
    }

    private static async Task<(List<Measurement> Measured, string Envelope)> MeasureProductAsync(
        BenchRun run, IMeasuredServer server, Load load, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(server.Url);
        var key = await api.RegisterAsync(cancellationToken);
        var tokens = await api.CreateUsersAsync(key, load.Members, cancellationToken);
        var group = await api.CreateGroupAsync(tokens[0], Enumerable.Range(1, load.Members - 1), cancellationToken);
        await using var audience = await Audience.JoinAsync(server.Url, tokens, cancellationToken);
        var measured = await MeasureAsync(run, "product", server, audience, group, load, cancellationToken);
        return (measured, await audience.Sample);
    }

    private static async Task MeasurePeerAsync(
        BenchRun run, Load load, IReadOnlyList<Measurement> ours, string envelope, CancellationToken cancellationToken)
    {
        await using var peer = await PeerProcess.StartAsync(run.ServerCore, "socket-io", envelope, cancellationToken);
        var tokens = Enumerable.Repeat(peer.Token, load.Members).ToList();
        await using var audience = await Audience.JoinAsync(peer.Url, tokens, cancellationToken);
        var theirs = await MeasureAsync(run, "Node's socket.io", peer, audience, "room", load, cancellationToken);
        foreach (var (one, other, inFlight) in ours.Zip(theirs, InFlight))
        {
            run.Add(Measure.Ratio($"product / Node's socket.io, {inFlight} in flight", one, other));
        }
    }

    private static async Task<List<Measurement>> MeasureAsync(
        BenchRun run, string who, IMeasuredServer server, Audience audience, string group, Load load, CancellationToken cancellationToken)
    {
        var measured = new List<Measurement>();
        var first = 0L;
        foreach (var inFlight in InFlight)
        {
            var senders = Enumerable.Range(0, inFlight).Select(member => new Sender(audience, member, group)).ToList();
            var start = first;
            var loop = new ClosedLoop<Sender>(senders, (sender, number, cancel) => sender.SendAsync(start + number, cancel));
            var before = await loop.WarmUpAsync(server, load.WarmUp, cancellationToken);
            var messages = await loop.MeasureAsync(
                $"{who}, {load.Members} members, {inFlight} in flight", server, load.Messages, settle: null, cancellationToken);
            measured.Add(PerDelivery(messages, load.Members));
            run.Add(measured[^1]);
            first += before + load.Messages;
        }

        return measured;
    }

    // An operation is one delivery; the latencies stay those of a message, until its last socket.
    private static Measurement PerDelivery(Measurement messages, int members) => messages with
    {
        Operations = messages.Operations * members,
        PerSecond = messages.PerSecond * members,
        CpuMicroseconds = messages.CpuMicroseconds / members,
        More = messages.More.ToDictionary(
            more => more.Key,
            more => more.Key.EndsWith("Microseconds", StringComparison.Ordinal) ? more.Value / members : more.Value,
            StringComparer.Ordinal),
    };

    private sealed record Load(int Members, int WarmUp, int Messages);

    /// <summary>A member who sends, and waits until everybody has it.</summary>
    private sealed class Sender(Audience audience, int member, string group)
    {
        private readonly NumberedBytes _frame = new(ChatText.Frame(group));

        public async ValueTask SendAsync(long number, CancellationToken cancellationToken)
        {
            var reached = audience.ReachedAllAsync(number, cancellationToken);
            await audience.SendAsync(member, _frame.With(number), cancellationToken);
            await reached;
        }
    }
}
