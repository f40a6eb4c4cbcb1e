using Caas.SocketIO;
using Caas.SocketIO.Connections;
using Caas.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.SocketIO;

/// <summary>
/// Peers that stop reading while a frame is on its way to them. The frame is larger than all that the kernel takes for a
/// peer that does not read (its receive buffer, and up to 4 MB of the server's send buffer): a queue of some megabytes in
/// small frames may vanish in there, and then nothing hangs.
/// </summary>
public sealed class SendTimeoutTests
{
    private const int SmallReceiveBuffer = 16_384;

    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private static readonly EncodedEvent Huge = EncodedEvent.Create(
        "huge", System.Text.Encoding.UTF8.GetBytes("\"" + new string('x', 16_000_000) + "\""));

    private static readonly EncodedEvent Small = EncodedEvent.Create("small", "1"u8);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_websocket_whose_frame_does_not_leave_is_cut_after_the_send_timeout_and_holds_up_nobody()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        var room = new SocketRoom();
        using var stalled = await SocketIORawSocket.OpenAsync(host, receiveBuffer: SmallReceiveBuffer);
        await stalled.WriteAsync(SocketIORawSocket.Frame(0x81, "40"));
        var connection = await host.Handler.NextConnectedAsync();
        room.Add(connection);
        using var quick = await SocketIOWebSocket.ConnectAsync(host);
        var quickConnection = await host.Handler.NextConnectedAsync();
        room.Add(quickConnection);

        room.Broadcast(Huge).ShouldBeTrue();
        room.Broadcast(Small).ShouldBeTrue();
        (await quick.ReadAsync()).Length.ShouldBe(Huge.Bytes);
        (await quick.ReadAsync()).ShouldBe("42[\"small\",1]");
        await UntilWrittenAsync(host, quickConnection);
        connection.QueuedBytes.ShouldBe(Small.Bytes);

        await CutAtTheTimeoutAsync(host, connection);
        connection.QueuedBytes.ShouldBe(0);
        (await stalled.ReadToEndAsync()).Length.ShouldBeLessThan(Huge.Bytes);
        room.Broadcast(Small).ShouldBeTrue();
        (await quick.ReadAsync()).ShouldBe("42[\"small\",1]");
        quickConnection.Closed.ShouldBeNull();
    }

    [Fact]
    public async Task A_websocket_that_breaks_the_rules_and_reads_nothing_is_cut_after_the_close_timeout()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        using var stalled = await SocketIORawSocket.OpenAsync(host, receiveBuffer: SmallReceiveBuffer);
        await stalled.WriteAsync(SocketIORawSocket.Frame(0x81, "40"));
        var connection = await host.Handler.NextConnectedAsync();
        connection.TryEmit(Huge).ShouldBeTrue();
        await SocketIOHost.UntilAsync(() => host.Server.AnySession(static session => session.Transport.WritingSince != 0));

        byte[] unmasked = [0x81, 0x00];
        await stalled.WriteAsync(unmasked);
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ProtocolViolated);
        _time.Advance(CloseTimeout - SweepPeriod);
        host.Server.AnySession(static session => !session.HasEnded).ShouldBeTrue();
        _time.Advance(SweepPeriod);

        (await stalled.ReadToEndAsync()).Length.ShouldBeLessThan(Huge.Bytes);
        await SocketIOHost.UntilAsync(() => !host.Server.AnySession(static _ => true));
    }

    [Fact]
    public async Task A_poll_whose_answer_does_not_leave_is_cut_after_the_send_timeout()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        var client = await SocketIOPolling.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();
        connection.TryEmit(Huge).ShouldBeTrue();

        using var stalled = await SocketIORawSocket.GetAsync(host, client.Query, receiveBuffer: SmallReceiveBuffer);
        await SocketIOHost.UntilAsync(() => host.Server.AnySession(static session => session.Transport.WritingSince != 0));
        connection.TryEmit(Small).ShouldBeTrue();
        await CutAtTheTimeoutAsync(host, connection);
        (await stalled.ReadToEndAsync()).Length.ShouldBeLessThan(Huge.Bytes);
        await client.ShouldBeGoneAsync();
    }

    [Fact]
    public async Task A_poll_that_comes_while_the_last_answer_leaves_waits_for_it_and_breaks_no_rule()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        var client = await SocketIOPolling.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();
        connection.TryEmit(Huge).ShouldBeTrue();
        using var stalled = await SocketIORawSocket.GetAsync(
            host, client.Query, "Connection: close\r\n", receiveBuffer: SmallReceiveBuffer);
        await SocketIOHost.UntilAsync(() => host.Server.AnySession(static session => session.Transport.WritingSince != 0));

        var next = client.PollAsync();
        connection.TryEmit(Small).ShouldBeTrue();
        (await stalled.ReadToEndAsync()).Length.ShouldBeGreaterThan(Huge.Bytes);

        (await next).ShouldBe("42[\"small\",1]");
        connection.Closed.ShouldBeNull();
    }

    [Fact]
    public async Task A_peer_that_takes_each_frame_within_the_send_timeout_is_not_cut()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        using var late = await SocketIOWebSocket.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();

        for (var frame = 0; frame < 2; frame++)
        {
            connection.TryEmit(Huge).ShouldBeTrue();
            _time.Advance(SendTimeout - SweepPeriod);
            (await late.ReadAsync()).Length.ShouldBe(Huge.Bytes);
            await UntilWrittenAsync(host, connection);
        }

        _time.Advance(SendTimeout - SweepPeriod);
        connection.Closed.ShouldBeNull();
    }

    [Fact]
    public async Task A_poll_that_takes_its_answer_within_the_send_timeout_is_not_cut()
    {
        await using var host = await SocketIOHost.StartAsync(time: _time);
        var client = await SocketIOPolling.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();

        for (var answer = 0; answer < 2; answer++)
        {
            connection.TryEmit(Huge).ShouldBeTrue();
            _time.Advance(SendTimeout - SweepPeriod);
            (await client.PollAsync()).Length.ShouldBe(Huge.Bytes);
        }

        connection.Closed.ShouldBeNull();
    }

    private async Task CutAtTheTimeoutAsync(SocketIOHost host, SocketConnection connection)
    {
        _time.Advance(SendTimeout - SweepPeriod);
        connection.Closed.ShouldBeNull();
        _time.Advance(SweepPeriod);
        connection.Closed.ShouldBe(SocketCloseReason.Slow);
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.Slow);
        await SocketIOHost.Soon(connection.Completion);
    }

    // The peer may have the frame before the server knows that it left.
    private static Task UntilWrittenAsync(SocketIOHost host, SocketConnection connection) =>
        SocketIOHost.UntilAsync(() => !host.Server.AnySession(
            session => session.Dispatcher.Connection == connection && session.Transport.WritingSince != 0));
}
