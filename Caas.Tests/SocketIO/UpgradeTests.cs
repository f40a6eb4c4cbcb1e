using System.Net;
using System.Net.WebSockets;
using Caas.SocketIO.Connections;
using Caas.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.SocketIO;

public sealed class UpgradeTests
{
    [Fact]
    public async Task The_websocket_takes_the_session_over_with_all_that_waits()
    {
        await using var host = await SocketIOHost.StartAsync();
        var polling = await SocketIOPolling.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();
        using var socket = await ProbeAsync(host, polling);

        (await polling.PollAsync()).ShouldBe("6");
        connection.TryEmit(EncodedEvent.Create("waiting", "1"u8)).ShouldBeTrue();
        await socket.SendAsync("5");

        (await socket.ReadAsync()).ShouldBe("42[\"waiting\",1]");
        connection.Transport.ShouldBe("websocket");
        await socket.SendAsync("421[\"echo\",2]");
        (await socket.ReadAsync()).ShouldBe("431[2]");
        using var late = await polling.GetAsync();
        late.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await socket.SendAsync("422[\"echo\",3]");
        (await socket.ReadAsync()).ShouldBe("432[3]");
    }

    [Fact]
    public async Task The_probe_lets_an_open_poll_go()
    {
        await using var host = await SocketIOHost.StartAsync();
        var polling = await SocketIOPolling.ConnectAsync(host);

        var poll = polling.PollAsync();
        using var socket = await ProbeAsync(host, polling);

        (await poll).ShouldBe("6");
    }

    [Theory]
    [InlineData("3probe")]
    [InlineData("2other")]
    [InlineData("5")]
    [InlineData("42[\"early\"]")]
    public async Task A_wrong_probe_costs_the_websocket_and_not_the_session(string first)
    {
        await using var host = await SocketIOHost.StartAsync();
        var polling = await SocketIOPolling.ConnectAsync(host);
        using var socket = await SocketIOWebSocket.DialAsync(host, $"EIO=4&transport=websocket&sid={polling.Sid}");

        await socket.SendAsync(first);

        await socket.ShouldBeClosedAsync();
        await polling.SendAsync("421[\"echo\",1]");
        (await polling.PollAsync()).ShouldBe("431[1]");
    }

    [Fact]
    public async Task A_session_has_one_websocket_at_most()
    {
        await using var host = await SocketIOHost.StartAsync();
        var polling = await SocketIOPolling.ConnectAsync(host);
        using var socket = await ProbeAsync(host, polling);

        await ShouldRefuseAsync(host, polling.Sid);
        await socket.SendAsync("5");
        await socket.SendAsync("421[\"echo\",1]");
        (await socket.ReadAsync()).ShouldBe("431[1]");
        await ShouldRefuseAsync(host, polling.Sid);
    }

    [Fact]
    public async Task A_close_in_the_middle_of_an_upgrade_says_its_last_words_on_the_websocket()
    {
        await using var host = await SocketIOHost.StartAsync();
        var polling = await SocketIOPolling.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();
        using var socket = await ProbeAsync(host, polling);

        connection.Close(
            Caas.SocketIO.SocketCloseReason.Create("revoked", reconnects: false), EncodedEvent.Create("bye", "1"u8));
        await socket.SendAsync("5");

        (await socket.ReadAsync()).ShouldBe("42[\"bye\",1]");
        (await socket.ReadAsync()).ShouldBe("41");
        await socket.ShouldBeClosedAsync();
    }

    [Fact]
    public async Task A_probe_that_is_not_finished_in_time_is_dropped()
    {
        var time = new FakeTimeProvider();
        await using var host = await SocketIOHost.StartAsync(time: time);
        var polling = await SocketIOPolling.ConnectAsync(host);
        using var socket = await ProbeAsync(host, polling);

        time.Advance(TimeSpan.FromSeconds(11));

        await socket.ShouldBeClosedAsync();
        await polling.SendAsync("421[\"echo\",1]");
        (await polling.PollAsync()).ShouldContain("431[1]");
    }

    private static async Task<SocketIOWebSocket> ProbeAsync(SocketIOHost host, SocketIOPolling polling)
    {
        var socket = await SocketIOWebSocket.DialAsync(host, $"EIO=4&transport=websocket&sid={polling.Sid}");
        await socket.SendAsync("2probe");
        (await socket.ReadAsync()).ShouldBe("3probe");
        return socket;
    }

    private static async Task ShouldRefuseAsync(SocketIOHost host, string sid) =>
        await Should.ThrowAsync<WebSocketException>(
            SocketIOWebSocket.DialAsync(host, $"EIO=4&transport=websocket&sid={sid}"));
}
