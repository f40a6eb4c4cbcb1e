using Caas.SocketIO;
using Caas.SocketIO.Connections;
using Caas.Tests.Support;
using Microsoft.Extensions.Time.Testing;

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
    public async Task A_write_without_progress_is_cut_after_the_send_timeout()
    {
        var time = new FakeTimeProvider();
        await using var host = await SocketIOHost.StartAsync(options => options.MaxOutboundBytes = 500_000_000, time);
        using var slow = await SocketIOWebSocket.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();
        for (var i = 0; connection.QueuedBytes < 1_000_000; i++)
        {
            i.ShouldBeLessThan(1_000);
            connection.TryEmit(Large).ShouldBeTrue();
        }

        // Less together than the heartbeat waits, which would be another reason.
        for (var advances = 0; advances < 3 && connection.Closed is null; advances++)
        {
            await StandsStillAsync(connection);
            time.Advance(TimeSpan.FromSeconds(11));
        }

        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.Slow);
        await SocketIOHost.Soon(connection.Completion);
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

    // Until the kernel's buffers are full the writer makes progress, and the clock must not move before it stands.
    private static async Task StandsStillAsync(SocketConnection connection)
    {
        const int Looks = 50_000;
        var last = -1;
        for (var same = 0; same < Looks; same++)
        {
            var queued = connection.QueuedBytes;
            same = queued == last ? same : 0;
            last = queued;
            await Task.Yield();
        }
    }
}
