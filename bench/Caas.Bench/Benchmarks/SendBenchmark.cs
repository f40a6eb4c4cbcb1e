using System.CommandLine;
using Caas.Bench.Drivers;
using Caas.Bench.Processes;
using Caas.Bench.Results;

namespace Caas.Bench.Benchmarks;

/// <summary>Durable sends, everything on: token, limit, permission, idempotency, commit, relay, log, delivery.</summary>
internal static class SendBenchmark
{
    private const string Http = "http";
    private const string Socket = "socket";

    public static Command Command()
    {
        var over = new Option<string>("--over") { DefaultValueFactory = _ => Http, Description = "How they are sent." };
        over.AcceptOnlyFromAmong(Http, Socket);
        var senders = new Option<int>("--senders") { DefaultValueFactory = _ => 64, Description = "Senders, each waiting for its answer." };
        var conversations = new Option<int>("--conversations") { DefaultValueFactory = _ => 64, Description = "Conversations that they share, at most as many as senders." };
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 60_000, Description = "Messages that are measured." };
        var warmUp = new Option<int>("--warm-up") { DefaultValueFactory = _ => 30_000, Description = "Messages before, a round." };
        return BenchRun.Command("send", "Durable sends.", [over, senders, conversations, messages, warmUp, BenchRun.ClusterOption()], async (run, parse, cancellationToken) =>
        {
            var count = parse.GetValue(senders);
            var load = new Load(count, Math.Min(count, parse.GetValue(conversations)), parse.GetValue(over) == Socket);
            await run.MeasureProductAsync(
                server => MeasureAsync(run, server, load, parse.GetValue(warmUp), parse.GetValue(messages), cancellationToken),
                cancellationToken);
            return load.FileName;
        });
    }

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(
        BenchRun run, IMeasuredServer server, Load load, int warmUp, int messages, CancellationToken cancellationToken)
    {
        await using var senders = await Senders.CreateAsync(
            server.Url, load.Senders, load.Conversations, load.OverSocket, cancellationToken);
        var loop = new ClosedLoop<ISender>(senders.All, static (sender, number, cancel) => sender.SendAsync(number, cancel));
        var before = await loop.WarmUpAsync(server, warmUp, cancellationToken);
        await senders.DeliveredAsync(before, cancellationToken);

        var measured = await loop.MeasureAsync(
            load.ToString(), server, messages, cancel => senders.DeliveredAsync(before + messages, cancel), cancellationToken);
        measured.More["deliveriesPerMessage"] = Math.Round((double)senders.Deliveries / (before + messages));
        measured.More["warmUp"] = before;
        run.Add(measured);
        return [measured];
    }

    private sealed record Load(int Senders, int Conversations, bool OverSocket)
    {
        public string FileName => $"send-{(OverSocket ? Socket : Http)}-{Senders}x{Conversations}";

        public override string ToString() =>
            $"send over {(OverSocket ? "the socket" : "HTTP")}, {Senders} senders, {Conversations} conversations";
    }
}
