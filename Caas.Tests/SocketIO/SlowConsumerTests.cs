using Caas.SocketIO;
using Caas.SocketIO.Connections;
using Caas.Tests.Support;

namespace Caas.Tests.SocketIO;

public sealed class SlowConsumerTests
{
    private static readonly EncodedEvent Large = EncodedEvent.Create(
        "large", System.Text.Encoding.UTF8.GetBytes("\"" + new string('x', 100_000) + "\""));

    [Fact]
    public async Task A_member_that_reads_nothing_is_closed_as_slow_and_holds_up_nobody()
    {
        await using var host = await SocketIOHost.StartAsync();
        var room = new SocketRoom();
        using var slow = await SocketIOWebSocket.ConnectAsync(host);
        var slowConnection = await host.Handler.NextConnectedAsync();
        room.Add(slowConnection);
        using var quick = await SocketIOWebSocket.ConnectAsync(host);
        room.Add(await host.Handler.NextConnectedAsync());

        var sent = 0;
        while (slowConnection.Closed is null)
        {
            sent.ShouldBeLessThan(1_000, "the socket's buffers and the queue end somewhere");
            room.Broadcast(Large).ShouldBeTrue();
            sent++;
            (await quick.ReadAsync()).Length.ShouldBe(Large.Bytes);
        }

        slowConnection.Closed.ShouldBe(SocketCloseReason.Slow);
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.Slow);
        slowConnection.QueuedBytes.ShouldBeLessThanOrEqualTo(1_000_000);
        slowConnection.TryEmit(Large).ShouldBeFalse();
    }

    [Fact]
    public async Task A_polling_client_that_stays_away_is_closed_as_slow_and_told_so()
    {
        await using var host = await SocketIOHost.StartAsync(options =>
            options.SlowFarewell = EncodedEvent.Create("session.ended", "{\"reason\":\"slow\"}"u8));
        var client = await SocketIOPolling.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();

        var queued = 0;
        while (connection.TryEmit(Large))
        {
            queued++;
        }

        queued.ShouldBe(9);
        (await client.PollAsync()).ShouldBe("42[\"session.ended\",{\"reason\":\"slow\"}]\u001e1");
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.Slow);
    }

    [Fact]
    public async Task A_handler_that_is_slow_slows_its_own_peer_down()
    {
        await using var host = await SocketIOHost.StartAsync(options => options.MaxInboundEvents = 4);
        var release = new SemaphoreSlim(0);
        host.Handler.OnEvent = async (_, e, _) =>
        {
            await release.WaitAsync(SocketIOHost.Ct);
            e.TryAcknowledge(e.Argument);
        };
        using var socket = await SocketIOWebSocket.ConnectAsync(host);

        for (var i = 0; i < 50; i++)
        {
            await socket.SendAsync($"42{i}[\"e\",{i}]");
        }

        await host.Handler.NextEventAsync();
        host.Handler.HasSeenAnEvent.ShouldBeFalse();
        release.Release(50);
        for (var i = 0; i < 50; i++)
        {
            (await socket.ReadAsync()).ShouldBe($"43{i}[{i}]");
        }
    }
}
