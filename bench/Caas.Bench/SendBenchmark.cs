using System.CommandLine;
using System.Diagnostics;

namespace Caas.Bench;

/// <summary>Durable sends over HTTP, everything on: token, permission, commit, relay, log, delivery.</summary>
internal static class SendBenchmark
{
    private const int WarmUp = 2000;

    public static Command Command()
    {
        var senders = new Option<int>("--senders") { DefaultValueFactory = _ => 64, Description = "Senders, each waiting for its answer." };
        var conversations = new Option<int>("--conversations") { DefaultValueFactory = _ => 64, Description = "Conversations that they share." };
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 30_000, Description = "Messages in all." };
        var core = new Option<int?>("--core") { DefaultValueFactory = _ => 0, Description = "The server's core." };
        var json = new Option<bool>("--json");
        var command = new Command("send", "Durable sends over HTTP.") { senders, conversations, messages, core, json };
        command.SetAction(async (parse, _) => (await RunAsync(
            parse.GetValue(senders), parse.GetValue(conversations), parse.GetValue(messages), parse.GetValue(core)))
            .Print(parse.GetValue(json)));
        return command;
    }

    private static async Task<Report> RunAsync(int senders, int conversations, int messages, int? core)
    {
        await using var server = await ServerProcess.StartAsync(core);
        using var api = new ApiClient(server.Url);
        var key = await api.RegisterAsync();
        var tokens = await api.CreateUsersAsync(key, senders);
        var groups = new string[conversations];
        for (var i = 0; i < conversations; i++)
        {
            groups[i] = await api.CreateGroupAsync(tokens[0], [.. Enumerable.Range(1, senders - 1).Select(u => $"u{u}")]);
        }

        await SendAllAsync(api, tokens, groups, WarmUp, "warm");
        var cpu = server.CpuTime;
        var clock = Stopwatch.StartNew();
        var latencies = await SendAllAsync(api, tokens, groups, messages, "run");
        var wall = clock.Elapsed;
        return Report.Of(
            $"send, {senders} senders, {conversations} conversations", latencies, wall, server.CpuTime - cpu, server.MemoryMiB);
    }

    private static async Task<List<double>> SendAllAsync(ApiClient api, string[] tokens, string[] groups, int messages, string run)
    {
        var next = 0;
        var latencies = new List<double>[tokens.Length];
        await Task.WhenAll(tokens.Select(async (token, sender) =>
        {
            var own = latencies[sender] = [];
            for (var i = Interlocked.Increment(ref next); i <= messages; i = Interlocked.Increment(ref next))
            {
                var started = Stopwatch.GetTimestamp();
                await api.SendAsync(HttpMethod.Post, "/api/messages", token, new
                {
                    conversationId = groups[i % groups.Length],
                    clientMessageId = $"{run}-{i}",
                    text = "The quick brown fox jumps over the lazy dog, again and again and again.",
                });
                own.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }));
        return [.. latencies.SelectMany(own => own)];
    }
}
