using System.CommandLine;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;

namespace Caas.Bench;

/// <summary>One conversation whose members are all connected: what a delivery costs the server.</summary>
internal static class FanOutBenchmark
{
    private const int WarmUp = 20;

    public static Command Command()
    {
        var members = new Option<int>("--members") { DefaultValueFactory = _ => 1000, Description = "Connected members." };
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 200, Description = "Messages, one in flight." };
        var core = new Option<int?>("--core") { DefaultValueFactory = _ => 0, Description = "The server's core." };
        var json = new Option<bool>("--json");
        var command = new Command("fanout", "Delivery to many sockets.") { members, messages, core, json };
        command.SetAction(async (parse, token) => (await RunAsync(
            parse.GetValue(members), parse.GetValue(messages), parse.GetValue(core), token)).Print(parse.GetValue(json)));
        return command;
    }

    private static async Task<Report> RunAsync(int members, int messages, int? core, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(core);
        using var api = new ApiClient(server.Url);
        var key = await api.RegisterAsync();
        var tokens = await api.CreateUsersAsync(key, members);
        var group = await api.CreateGroupAsync(tokens[0], [.. Enumerable.Range(1, members - 1).Select(u => $"u{u}")]);
        var counter = new ArrivalCounter(members);
        var sockets = new List<Task>();
        foreach (var token in tokens)
        {
            sockets.Add(await ListenAsync(server.Url, token, counter, cancellationToken));
        }

        for (var i = 0; i < WarmUp; i++)
        {
            await SendOneAsync(api, tokens[0], group, $"warm-{i}", counter);
        }

        var cpu = server.CpuTime;
        var clock = Stopwatch.StartNew();
        var latencies = new List<double>(messages);
        for (var i = 0; i < messages; i++)
        {
            latencies.Add(await SendOneAsync(api, tokens[0], group, $"run-{i}", counter));
        }

        var report = Report.Of(
            $"fanout, {members} members, until the last socket", latencies, clock.Elapsed, server.CpuTime - cpu, server.MemoryMiB);
        return report with { ServerCpuMicroseconds = report.ServerCpuMicroseconds / members, Name = report.Name + ", CPU per delivery" };
    }

    private static async Task<double> SendOneAsync(ApiClient api, string token, string group, string id, ArrivalCounter counter)
    {
        var arrived = counter.Arm();
        var started = Stopwatch.GetTimestamp();
        await api.SendAsync(HttpMethod.Post, "/api/messages", token, new { conversationId = group, clientMessageId = id, text = "To all" });
        await arrived;
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    // The least of Socket.IO that a listener needs: open, CONNECT with the token, session.ready, then count message.sent.
    private static async Task<Task> ListenAsync(Uri url, string token, ArrivalCounter counter, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{url.Authority}/socket.io/?EIO=4&transport=websocket"), cancellationToken);
        var buffer = new byte[16 * 1024];
        await ReadUntilAsync(socket, buffer, "0{", cancellationToken);
        await SendTextAsync(socket, $$"""40{"token":"{{token}}"}""", cancellationToken);
        await ReadUntilAsync(socket, buffer, "42[\"session.ready\"", cancellationToken);
        return Task.Run(
            async () =>
            {
                while (socket.State == WebSocketState.Open)
                {
                    await ReadUntilAsync(socket, buffer, "42[\"message.sent\"", cancellationToken);
                    counter.Arrived();
                }
            },
            cancellationToken);
    }

    private static async Task ReadUntilAsync(ClientWebSocket socket, byte[] buffer, string start, CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult read;
            do
            {
                read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += read.Count;
            }
            while (!read.EndOfMessage);

            var text = Encoding.UTF8.GetString(buffer, 0, Math.Min(length, start.Length));
            if (text.StartsWith(start, StringComparison.Ordinal))
            {
                return;
            }

            if (text.StartsWith('2'))
            {
                await SendTextAsync(socket, "3", cancellationToken);
            }
        }
    }

    private static Task SendTextAsync(ClientWebSocket socket, string text, CancellationToken cancellationToken) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>Completes when every member got the message.</summary>
    private sealed class ArrivalCounter(int members)
    {
        private TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public Task Arm()
        {
            _arrived = 0;
            _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _all.Task;
        }

        public void Arrived()
        {
            if (Interlocked.Increment(ref _arrived) == members)
            {
                _all.TrySetResult();
            }
        }
    }
}
