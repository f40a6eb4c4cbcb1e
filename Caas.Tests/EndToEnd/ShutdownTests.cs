using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.EndToEnd;

/// <summary>P19: SIGTERM drains.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Sockets_are_told_that_the_server_drains_and_then_that_their_session_ended()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(folder.Path);
        var ann = await (await Tenant.RegisterAsync(caas.Url)).AddPersonAsync("ann");
        await using var socket = await ann.ConnectAsync();

        var exit = caas.TerminateAsync();

        await socket.WaitForAsync("server.draining");
        var ended = await socket.WaitForAsync("session.ended");
        ended.GetProperty("reason").GetString().ShouldBe("drained");
        await socket.WaitForCloseAsync();
        socket.Events.Select(e => e.Name).TakeLast(2).ShouldBe(["server.draining", "session.ended"]);
        (await exit.WaitAsync(Deadline, SocketIOHost.Ct)).ShouldBe(0, string.Join('\n', caas.Output));
    }

    [Fact]
    public async Task A_request_that_is_under_way_is_answered_and_what_it_wrote_stays()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(folder.Path);
        var ann = await (await Tenant.RegisterAsync(caas.Url)).AddPersonAsync("ann");
        var conversation = await ann.CreateGroupAsync();
        await using var socket = await ann.ConnectAsync();
        using var slow = await SlowRequest.BeginAsync(ann, JsonSerializer.Serialize(
            new { conversationId = conversation, clientMessageId = "slow", text = "under way" }));

        var exit = caas.TerminateAsync();
        await socket.WaitForAsync("server.draining");
        var answer = await slow.FinishAsync();

        answer.ShouldStartWith("HTTP/1.1 201 ");
        (await exit.WaitAsync(Deadline, SocketIOHost.Ct)).ShouldBe(0, string.Join('\n', caas.Output));
        await using var again = await CaasProcess.StartAsync(folder.Path);
        var message = (await ann.At(again.Url).ReadHistoryAsync(conversation)).ShouldHaveSingleItem();
        message.GetProperty("text").GetString().ShouldBe("under way");
    }

    [Fact]
    public async Task Under_load_nothing_that_was_acknowledged_is_lost()
    {
        await using var run = new CrashRun();
        await run.BeginAsync();
        for (var restart = 0; restart < 2; restart++)
        {
            await run.WaitForSendsAsync(100);
            (await run.Process.TerminateAsync().WaitAsync(Deadline, SocketIOHost.Ct)).ShouldBe(0, string.Join('\n', run.Process.Output));
            await run.ForgetAsync();
            await run.StartAsync();
        }

        await run.WaitForSendsAsync(20);
        (await run.EndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_signal_at_once_is_the_same_request()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(folder.Path);
        var ann = await (await Tenant.RegisterAsync(caas.Url)).AddPersonAsync("ann");
        await using var socket = await ann.ConnectAsync();

        await caas.SignalAsync("TERM");
        await caas.SignalAsync("INT");

        (await socket.WaitForAsync("session.ended")).GetProperty("reason").GetString().ShouldBe("drained");
        (await caas.WaitForExitAsync().WaitAsync(Deadline, SocketIOHost.Ct)).ShouldBe(0, string.Join('\n', caas.Output));
    }

    [Fact]
    public async Task A_process_without_connections_ends_at_once()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(folder.Path);

        (await caas.TerminateAsync().WaitAsync(TimeSpan.FromSeconds(5), SocketIOHost.Ct)).ShouldBe(0, string.Join('\n', caas.Output));
    }

    /// <summary>A request whose last byte is held back: the server has begun to work on it.</summary>
    private sealed class SlowRequest(TcpClient connection, byte[] rest) : IDisposable
    {
        public static async Task<SlowRequest> BeginAsync(Person person, string body)
        {
            var connection = new TcpClient { NoDelay = true };
            await connection.ConnectAsync(IPAddress.Loopback, person.Url.Port, SocketIOHost.Ct);
            var bytes = Encoding.UTF8.GetBytes(body);
            var head = $"POST /api/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {person.Token}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {bytes.Length}\r\nExpect: 100-continue\r\n\r\n";
            var stream = connection.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), SocketIOHost.Ct);

            // "100 Continue" is sent when the body is first read.
            var buffer = new byte[256];
            var read = await stream.ReadAsync(buffer, SocketIOHost.Ct);
            Encoding.ASCII.GetString(buffer, 0, read).ShouldStartWith("HTTP/1.1 100 ");
            await stream.WriteAsync(bytes.AsMemory(0, bytes.Length - 1), SocketIOHost.Ct);
            return new SlowRequest(connection, bytes[^1..]);
        }

        public async Task<string> FinishAsync()
        {
            var stream = connection.GetStream();
            await stream.WriteAsync(rest, SocketIOHost.Ct);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return await reader.ReadLineAsync(SocketIOHost.Ct).AsTask().WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct) ?? "closed";
        }

        public void Dispose() => connection.Dispose();
    }
}
