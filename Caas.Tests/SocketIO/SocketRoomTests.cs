using Caas.SocketIO.Connections;
using Caas.Tests.Support;

namespace Caas.Tests.SocketIO;

public sealed class SocketRoomTests
{
    [Fact]
    public async Task Every_member_gets_every_event_in_order()
    {
        await using var host = await SocketIOHost.StartAsync();
        var room = new SocketRoom();
        var sockets = new List<SocketIOWebSocket>();
        for (var i = 0; i < 5; i++)
        {
            sockets.Add(await SocketIOWebSocket.ConnectAsync(host));
            room.Add(await host.Handler.NextConnectedAsync()).ShouldBeTrue();
        }

        for (var i = 0; i < 200; i++)
        {
            room.Broadcast(EncodedEvent.Create("e", System.Text.Encoding.UTF8.GetBytes($"{i}"))).ShouldBeTrue();
        }

        foreach (var socket in sockets)
        {
            for (var i = 0; i < 200; i++)
            {
                (await socket.ReadAsync()).ShouldBe($"42[\"e\",{i}]");
            }

            socket.Dispose();
        }
    }

    [Fact]
    public async Task A_member_is_in_once_and_after_removal_gets_nothing()
    {
        await using var host = await SocketIOHost.StartAsync();
        var room = new SocketRoom();
        using var one = await SocketIOWebSocket.ConnectAsync(host);
        var first = await host.Handler.NextConnectedAsync();
        using var two = await SocketIOWebSocket.ConnectAsync(host);
        var second = await host.Handler.NextConnectedAsync();
        room.Add(first).ShouldBeTrue();
        room.Add(second).ShouldBeTrue();
        room.Add(second).ShouldBeFalse();
        room.Count.ShouldBe(2);

        room.Remove(first).ShouldBeTrue();
        room.Remove(first).ShouldBeFalse();
        room.Broadcast(EncodedEvent.Create("secret", "1"u8));
        first.TryEmit(EncodedEvent.Create("only this", "1"u8));

        (await two.ReadAsync()).ShouldBe("42[\"secret\",1]");
        (await one.ReadAsync()).ShouldBe("42[\"only this\",1]");
    }

    [Fact]
    public async Task Concurrent_broadcasts_joins_and_leaves_lose_nothing_for_those_who_stay()
    {
        await using var host = await SocketIOHost.StartAsync();
        var room = new SocketRoom();
        using var stays = await SocketIOWebSocket.ConnectAsync(host);
        room.Add(await host.Handler.NextConnectedAsync());
        using var moves = await SocketIOWebSocket.ConnectAsync(host);
        var mover = await host.Handler.NextConnectedAsync();
        var churn = Task.Run(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                room.Add(mover);
                room.Remove(mover);
            }
        }, SocketIOHost.Ct);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                room.Broadcast(EncodedEvent.Create("e", System.Text.Encoding.UTF8.GetBytes($"[{writer},{i}]"))).ShouldBeTrue();
            }
        }, SocketIOHost.Ct)));
        await churn;

        var next = new int[4];
        for (var i = 0; i < 400; i++)
        {
            var message = await stays.ReadAsync();
            var writer = message[8] - '0';
            message.ShouldBe($"42[\"e\",[{writer},{next[writer]++}]]");
        }

        room.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_large_room_is_walked_off_the_callers_thread_and_reaches_all()
    {
        await using var host = await SocketIOHost.StartAsync();
        var room = new SocketRoom();
        var sockets = new List<SocketIOWebSocket>();
        for (var i = 0; i < 70; i++)
        {
            sockets.Add(await SocketIOWebSocket.ConnectAsync(host));
            room.Add(await host.Handler.NextConnectedAsync());
        }

        room.Broadcast(EncodedEvent.Create("a", default));
        room.Broadcast(EncodedEvent.Create("b", default));

        foreach (var socket in sockets)
        {
            (await socket.ReadAsync()).ShouldBe("42[\"a\"]");
            (await socket.ReadAsync()).ShouldBe("42[\"b\"]");
            socket.Dispose();
        }
    }
}
