using Caas.SocketIO;
using Caas.SocketIO.Connections;
using Caas.Tests.Support;

namespace Caas.Tests.SocketIO;

public sealed class ConnectionTests
{
    [Fact]
    public async Task What_the_handler_emits_when_connected_comes_after_connect()
    {
        await using var host = await SocketIOHost.StartAsync();
        host.Handler.OnConnect = (connection, auth, _) =>
        {
            connection.TryEmit(EncodedEvent.Create("early", default)).ShouldBeFalse();
            connection.State = auth;
            return ValueTask.FromResult(ConnectDecision.Accept);
        };
        host.Handler.OnConnected = connection =>
        {
            connection.TryEmit(EncodedEvent.Create("session.ready", "{}"u8)).ShouldBeTrue();
            return ValueTask.CompletedTask;
        };

        using var socket = await SocketIOWebSocket.ConnectAsync(host, "{\"token\":\"t\"}");

        (await socket.ReadAsync()).ShouldBe("42[\"session.ready\",{}]");
        var connection = await host.Handler.NextConnectedAsync();
        connection.State.ShouldBe("{\"token\":\"t\"}");
        connection.RemoteAddress.ShouldBe("127.0.0.1");
        connection.Transport.ShouldBe("websocket");
    }

    [Fact]
    public async Task Without_a_payload_the_handler_sees_an_empty_object()
    {
        await using var host = await SocketIOHost.StartAsync();
        var seen = "";
        host.Handler.OnConnect = (_, auth, _) =>
        {
            seen = auth;
            return ValueTask.FromResult(ConnectDecision.Accept);
        };

        using var socket = await SocketIOWebSocket.ConnectAsync(host);

        seen.ShouldBe("{}");
    }

    [Fact]
    public async Task A_refusal_carries_message_and_data_and_closes()
    {
        await using var host = await SocketIOHost.StartAsync();
        host.Handler.OnConnect = (_, _, _) => ValueTask.FromResult(
            ConnectDecision.Refuse("Not \"authorized\"", "{\"status\":401}"u8.ToArray()));
        using var socket = await SocketIOWebSocket.OpenAsync(host);

        await socket.SendAsync("40");

        (await socket.ReadAsync()).ShouldBe("""44{"message":"Not \u0022authorized\u0022","data":{"status":401}}""");
        await socket.ShouldBeClosedAsync();
        host.Handler.Closes.ShouldBe(0);
    }

    [Fact]
    public async Task A_handler_that_fails_to_decide_refuses()
    {
        await using var host = await SocketIOHost.StartAsync();
        host.Handler.OnConnect = (_, _, _) => throw new InvalidOperationException("secret detail");
        using var socket = await SocketIOWebSocket.OpenAsync(host);

        await socket.SendAsync("40");

        (await socket.ReadAsync()).ShouldBe("44{\"message\":\"Internal error\"}");
        await socket.ShouldBeClosedAsync();
    }

    [Fact]
    public async Task A_handler_that_fails_to_welcome_closes()
    {
        await using var host = await SocketIOHost.StartAsync();
        host.Handler.OnConnected = _ => throw new InvalidOperationException("defect");
        using var socket = await SocketIOWebSocket.ConnectAsync(host);

        await socket.ShouldBeClosedAsync();
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.HandlerFailed);
    }

    [Fact]
    public async Task A_handler_that_fails_on_an_event_costs_only_its_answer()
    {
        await using var host = await SocketIOHost.StartAsync();
        host.Handler.OnEvent = (_, e, _) =>
        {
            if (e.Name is "bad")
            {
                throw new InvalidOperationException("defect");
            }

            e.TryAcknowledge(default);
            return ValueTask.CompletedTask;
        };
        using var socket = await SocketIOWebSocket.ConnectAsync(host);

        await socket.SendAsync("421[\"bad\"]");
        await socket.SendAsync("422[\"good\"]");

        (await socket.ReadAsync()).ShouldBe("432[]");
    }

    [Fact]
    public async Task Other_namespaces_are_refused_and_the_session_lives()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.OpenAsync(host);

        await socket.SendAsync("40/random");
        (await socket.ReadAsync()).ShouldBe("44/random,{\"message\":\"Invalid namespace\"}");
        await socket.SendAsync("40");
        (await socket.ReadAsync()).ShouldStartWith("40{");
    }

    [Fact]
    public async Task Asking_for_namespaces_without_end_closes()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.OpenAsync(host);

        for (var i = 0; i < 11; i++)
        {
            await socket.SendAsync("40/random");
        }

        await socket.ShouldBeClosedAsync();
    }

    [Theory]
    [InlineData("42[\"before connect\"]")]
    [InlineData("4abc")]
    [InlineData("44{\"message\":\"I am no server\"}")]
    [InlineData("2")]
    [InlineData("5")]
    [InlineData("x")]
    [InlineData("")]
    public async Task A_first_packet_other_than_connect_closes(string packet)
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.OpenAsync(host);

        await socket.SendAsync(packet);

        await socket.ShouldBeClosedAsync();
    }

    [Fact]
    public async Task A_second_connect_closes()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.ConnectAsync(host);

        await socket.SendAsync("40");

        await socket.ShouldBeClosedAsync();
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ProtocolViolated);
    }

    [Fact]
    public async Task A_client_may_leave_the_namespace_and_come_back_on_the_same_session()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();

        await socket.SendAsync("421[\"handled first\",1]");
        await socket.SendAsync("41");
        (await socket.ReadAsync()).ShouldBe("431[1]");
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ClientClosed);
        await SocketIOHost.Soon(connection.Completion);
        connection.Aborted.IsCancellationRequested.ShouldBeTrue();
        await socket.SendAsync("40");

        (await socket.ReadAsync()).ShouldStartWith("40{");
        string.Equals((await host.Handler.NextConnectedAsync()).Id, connection.Id, StringComparison.Ordinal).ShouldBeFalse();
    }

    [Fact]
    public async Task An_acknowledgement_is_given_once_and_only_where_one_is_wanted()
    {
        await using var host = await SocketIOHost.StartAsync();
        var answers = new List<bool>();
        host.Handler.OnEvent = (_, e, _) =>
        {
            answers.Add(e.TryAcknowledge("1"u8.ToArray()));
            answers.Add(e.TryAcknowledge("2"u8.ToArray()));
            return ValueTask.CompletedTask;
        };
        using var socket = await SocketIOWebSocket.ConnectAsync(host);

        await socket.SendAsync("42[\"plain\"]");
        await socket.SendAsync("420[\"asks\"]");

        (await socket.ReadAsync()).ShouldBe("430[1]");
        answers.ShouldBe([false, false, true, false]);
    }

    [Fact]
    public async Task Binary_travels_both_ways_as_it_is()
    {
        await using var host = await SocketIOHost.StartAsync();
        host.Handler.OnEvent = (connection, e, _) =>
        {
            connection.TryEmit(EncodedEvent.Create("back", e.Argument.Span, e.Attachments.ToArray()));
            return ValueTask.CompletedTask;
        };
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        const string argument = "[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]";

        await socket.SendAsync($"452-[\"file\",{argument}]");
        await socket.SendAsync([1, 2, 3]);
        await socket.SendAsync([4]);

        (await socket.ReadAsync()).ShouldBe($"452-[\"back\",{argument}]");
        (await socket.ReadAsync()).ShouldBe("b010203");
        (await socket.ReadAsync()).ShouldBe("b04");
    }

    [Fact]
    public async Task Events_of_one_connection_run_one_at_a_time_in_order()
    {
        await using var host = await SocketIOHost.StartAsync();
        var running = 0;
        var most = 0;
        host.Handler.OnEvent = async (_, e, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            e.TryAcknowledge(e.Argument);
        };
        using var socket = await SocketIOWebSocket.ConnectAsync(host);

        for (var i = 0; i < 300; i++)
        {
            await socket.SendAsync($"42{i}[\"e\",{i}]");
        }

        for (var i = 0; i < 300; i++)
        {
            (await socket.ReadAsync()).ShouldBe($"43{i}[{i}]");
        }

        most.ShouldBe(1);
    }

    [Fact]
    public async Task A_peer_that_is_gone_cancels_what_runs_for_it_and_is_reported_once()
    {
        await using var host = await SocketIOHost.StartAsync();
        var cancelled = new TaskCompletionSource();
        host.Handler.OnEvent = async (_, _, ct) =>
        {
            await using var registration = ct.Register(cancelled.SetResult);
            await cancelled.Task;
            ct.ThrowIfCancellationRequested();
        };
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        await socket.SendAsync("42[\"long\"]");
        await host.Handler.NextEventAsync();

        socket.Socket.Abort();

        await SocketIOHost.Soon(cancelled.Task);
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.TransportLost);
        host.Handler.Closes.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_close_by_the_server_sends_what_waits_the_farewell_and_the_end(bool reconnects)
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();
        var reason = SocketCloseReason.Create("test", reconnects);

        connection.TryEmit(EncodedEvent.Create("last", "1"u8));
        connection.Close(reason, EncodedEvent.Create("bye", "2"u8));
        connection.TryEmit(EncodedEvent.Create("late", "3"u8)).ShouldBeFalse();

        (await socket.ReadAsync()).ShouldBe("42[\"last\",1]");
        (await socket.ReadAsync()).ShouldBe("42[\"bye\",2]");
        if (!reconnects)
        {
            (await socket.ReadAsync()).ShouldBe("41");
        }

        (await socket.ReadAsync()).ShouldBe("closed");
        await socket.Socket.CloseOutputAsync(
            System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, SocketIOHost.Ct);
        await SocketIOHost.Soon(connection.Completion);
        connection.Closed.ShouldBe(reason);
        (await host.Handler.NextCloseAsync()).ShouldBe(reason);
        host.Server.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Stopping_says_farewell_to_all_and_takes_no_one_in()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        using var unconnected = await SocketIOWebSocket.OpenAsync(host);
        await host.Handler.NextConnectedAsync();
        host.Server.Connections.ShouldBe(1);
        var seen = new List<string>();
        host.Server.ForEach(connection => seen.Add(connection.Id));
        seen.Count.ShouldBe(1);

        using var patience = new CancellationTokenSource(SocketIOHost.Patience);
        var stop = host.Server.StopAsync(
            SocketCloseReason.ServerStopping, EncodedEvent.Create("session.ended", "1"u8), patience.Token);

        (await socket.ReadAsync()).ShouldBe("42[\"session.ended\",1]");
        (await socket.ReadAsync()).ShouldBe("closed");
        await socket.Socket.CloseOutputAsync(
            System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, SocketIOHost.Ct);
        await unconnected.ShouldBeClosedAsync();
        unconnected.Socket.Abort();
        await SocketIOHost.Soon(stop);
        using var refused = await host.GetAsync("?EIO=4&transport=polling");
        refused.StatusCode.ShouldBe(System.Net.HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Stopping_cuts_whoever_does_not_agree_in_time()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        using var over = new CancellationTokenSource();
        await over.CancelAsync();

        await SocketIOHost.Soon(host.Server.StopAsync(SocketCloseReason.ServerStopping, null, over.Token));

        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ServerStopping);
        host.Server.Sessions.ShouldBe(0);
    }

    [Fact]
    public async Task A_host_that_stops_closes_its_connections_by_itself()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.ConnectAsync(host);

        host.BeginStop();

        await socket.ShouldBeClosedAsync();
        socket.Socket.CloseStatus.ShouldBe(System.Net.WebSockets.WebSocketCloseStatus.EndpointUnavailable);
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ServerStopping);
    }
}
