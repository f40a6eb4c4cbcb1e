using Caas.SocketIO;
using Caas.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.SocketIO;

public sealed class HeartbeatTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_peer_is_pinged_and_lives_as_long_as_it_answers()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        socket.AnswersPings = false;

        for (var i = 0; i < 4; i++)
        {
            await PassAsync(host, seconds: 26);
            (await socket.ReadAsync()).ShouldBe("2");
            await socket.SendAsync("3");
            await EchoAsync(socket);
        }

        host.Server.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_is_given_up()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        socket.AnswersPings = false;

        await PassAsync(host, seconds: 26);
        await PassAsync(host, seconds: 21);

        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.HeartbeatTimedOut);
        await socket.ShouldBeClosedAsync();
    }

    [Fact]
    public async Task A_polling_peer_that_does_not_answer_is_given_up()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        var client = await SocketIOPolling.ConnectAsync(host);

        await PassAsync(host, seconds: 26);
        (await client.PollAsync()).ShouldBe("2");
        await PassAsync(host, seconds: 21);

        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.HeartbeatTimedOut);
        await client.ShouldBeGoneAsync();
    }

    [Fact]
    public async Task Pongs_that_nobody_asked_for_change_nothing()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        socket.AnswersPings = false;

        for (var i = 0; i < 1_000; i++)
        {
            await socket.SendAsync("3");
        }

        await socket.SendAsync("421[\"echo\",1]");
        (await socket.ReadAsync()).ShouldBe("431[1]");
        await PassAsync(host, seconds: 26);
        (await socket.ReadAsync()).ShouldBe("2");
        await PassAsync(host, seconds: 21);
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.HeartbeatTimedOut);
    }

    [Fact]
    public async Task Whoever_does_not_connect_in_time_is_closed()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        using var socket = await SocketIOWebSocket.OpenAsync(host);

        socket.AnswersPings = false;
        await PassAsync(host, seconds: 26);
        (await socket.ReadAsync()).ShouldBe("2");
        await socket.SendAsync("3");
        await PassAsync(host, seconds: 20);

        await socket.ShouldBeClosedAsync();
    }

    [Fact]
    public async Task While_the_server_itself_does_not_read_a_missing_pong_is_excused()
    {
        await using var host = await SocketIOHost.StartAsync(options => options.MaxInboundEvents = 1, _time);
        var release = new TaskCompletionSource();
        host.Handler.OnEvent = async (_, e, _) =>
        {
            await release.Task;
            e.TryAcknowledge(e.Argument);
        };
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        await socket.SendAsync("421[\"runs\",1]");
        await host.Handler.NextEventAsync();
        await socket.SendAsync("422[\"waits\",2]");
        await socket.SendAsync("423[\"finds no room\",3]");
        await UntilBlockedAsync(host);

        for (var i = 0; i < 60; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        release.SetResult();
        (await socket.ReadAsync()).ShouldBe("431[1]");
        (await socket.ReadAsync()).ShouldBe("432[2]");
        (await socket.ReadAsync()).ShouldBe("433[3]");
        host.Handler.Closes.ShouldBe(0);
    }

    [Fact]
    public async Task Attachments_that_do_not_come_in_time_end_the_session()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        await socket.SendAsync("452-[\"f\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        await socket.SendAsync([1, 2, 3]);
        await SocketIOHost.UntilAsync(() => host.Server.AnySession(session => session.Dispatcher.AssemblingSince != 0));

        socket.AnswersPings = false;
        await PassAsync(host, seconds: 26);
        (await socket.ReadAsync()).ShouldBe("2");
        await socket.SendAsync("3");
        _time.Advance(TimeSpan.FromSeconds(5));

        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ProtocolViolated);
        await socket.ShouldBeClosedAsync();
    }

    private static Task UntilBlockedAsync(SocketIOHost host) =>
        SocketIOHost.UntilAsync(() => host.Server.AnySession(session => session.Dispatcher.IsBlocked));

    // What the peer has read may still be counted as being written, and no write may take so long.
    private async Task PassAsync(SocketIOHost host, int seconds)
    {
        await SocketIOHost.UntilAsync(() => !host.Server.AnySession(static session => session.Transport.WritingSince != 0));
        _time.Advance(TimeSpan.FromSeconds(seconds));
    }

    private static async Task EchoAsync(SocketIOWebSocket socket)
    {
        await socket.SendAsync("421[\"echo\",1]");
        (await socket.ReadAsync()).ShouldBe("431[1]");
    }
}
