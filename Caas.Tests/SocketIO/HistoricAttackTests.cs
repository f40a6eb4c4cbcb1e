using System.Net;
using System.Net.WebSockets;
using System.Text;
using Caas.SocketIO;
using Caas.Tests.Support;

namespace Caas.Tests.SocketIO;

/// <summary>What once broke socket.io, engine.io, ws or their kin. Each attack ends its own session and nothing else.</summary>
public sealed class HistoricAttackTests
{
    [Fact]
    public Task CVE_2020_36048_one_large_websocket_message() =>
        AttackAsync(async socket => await SendIgnoringLossAsync(socket, "42[\"" + new string('x', 1_100_000) + "\"]"));

    [Fact]
    public async Task CVE_2020_36048_a_message_of_just_the_limit_passes()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        var text = "421[\"e\",\"" + new string('x', 1_000_000 - 11) + "\"]";
        Encoding.UTF8.GetByteCount(text).ShouldBe(1_000_000);

        await socket.SendAsync(text);

        (await socket.ReadAsync()).Length.ShouldBe(1_000_000 - 4);
    }

    [Fact]
    public async Task CVE_2020_36049_a_payload_of_very_many_packets_costs_linear_time()
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.OpenAsync(host);

        using var response = await client.PostAsync(string.Concat(Enumerable.Repeat("3\u001e", 499_999)) + "3");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await client.ShouldBeGoneAsync();
    }

    [Theory]
    [InlineData(0x91)]
    [InlineData(0xa1)]
    [InlineData(0xc1)]
    public async Task CVE_2022_21676_frames_with_reserved_bits(byte firstByte)
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await SocketIORawSocket.OpenAsync(host);

        await raw.WriteAsync(SocketIORawSocket.Frame(firstByte, "40"));

        await raw.ReadToEndAsync();
        await ShouldServeOthersAsync(host);
    }

    [Fact]
    public async Task CVE_2022_41940_a_reset_connection()
    {
        await using var host = await SocketIOHost.StartAsync();
        using (var raw = await SocketIORawSocket.OpenAsync(host))
        {
            await raw.WriteAsync(SocketIORawSocket.Frame(0x81, "40"));
            await host.Handler.NextConnectedAsync();
            raw.Stream.Socket.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        }

        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.TransportLost);
        await ShouldServeOthersAsync(host);
    }

    [Theory]
    [InlineData("__proto__")]
    [InlineData("constructor")]
    [InlineData("toString")]
    public async Task CVE_2023_31125_a_transport_named_like_a_member_of_every_object(string transport)
    {
        await using var host = await SocketIOHost.StartAsync();

        using var response = await host.GetAsync("?EIO=4&transport=" + transport);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public Task CVE_2023_32695_an_object_as_event_name() => AttackAsync("42[{\"toString\":\"foo\"}]");

    [Theory]
    [InlineData("\"splice\"")]
    [InlineData("-1")]
    [InlineData("1")]
    [InlineData("0.5")]
    public Task CVE_2022_2421_a_placeholder_that_is_no_index(string num) => AttackAsync(async socket =>
    {
        await socket.SendAsync("451-[\"f\",{\"_placeholder\":true,\"num\":" + num + "}]");
        await SendIgnoringLossAsync(socket, [1]);
    });

    [Theory]
    [InlineData("error")]
    [InlineData("disconnect")]
    [InlineData("disconnecting")]
    [InlineData("newListener")]
    [InlineData("removeListener")]
    [InlineData("connect")]
    [InlineData("connect_error")]
    public Task CVE_2024_38355_reserved_event_names(string name) => AttackAsync($"42[\"{name}\",1]");

    [Fact]
    public Task CVE_2026_33151_more_attachments_than_allowed() => AttackAsync("4511-[\"f\"]");

    [Fact]
    public Task CVE_2026_69185_a_binary_packet_with_zero_attachments() => AttackAsync("450-[\"e\"]");

    [Fact]
    public Task Binary_frames_that_belong_to_no_packet() =>
        AttackAsync(socket => socket.SendAsync([1, 2, 3]));

    [Fact]
    public Task Text_where_an_attachment_was_announced() => AttackAsync(async socket =>
    {
        await socket.SendAsync("451-[\"f\",{\"_placeholder\":true,\"num\":0}]");
        await SendIgnoringLossAsync(socket, "42[\"e\"]");
    });

    [Fact]
    public Task Attachments_that_together_are_too_large() => AttackAsync(async socket =>
    {
        await socket.SendAsync("452-[\"f\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        await SendIgnoringLossAsync(socket, new byte[600_000]);
        await SendIgnoringLossAsync(socket, new byte[600_000]);
    }, options => options.MaxBinaryPacketBytes = 1_000_000);

    [Fact]
    public async Task GHSA_r635_g3xr_vw7x_a_post_of_octets_is_answered()
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.OpenAsync(host);

        using var response = await host.SendAsync(new HttpRequestMessage(HttpMethod.Post, client.Query)
        {
            Content = new ByteArrayContent([1]) { Headers = { ContentType = new("Application/Octet-Stream") } },
        });

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await ShouldServeOthersAsync(host);
    }

    [Fact]
    public async Task CVE_2024_37890_more_headers_than_allowed()
    {
        await using var host = await SocketIOHost.StartAsync();
        var headers = string.Concat(Enumerable.Range(0, 150).Select(i => $"X-{i}: 1\r\n"));
        using var raw = await SocketIORawSocket.OpenAsync(host, headers);

        (await raw.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 431");
        await ShouldServeOthersAsync(host);
    }

    [Fact]
    public async Task CVE_2021_32640_a_protocol_header_made_for_backtracking()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await SocketIORawSocket.OpenAsync(
            host, $"Sec-WebSocket-Protocol: a{new string(' ', 20_000)},b\r\n");
        await raw.WriteAsync(SocketIORawSocket.Frame(0x81, "40"));

        await host.Handler.NextConnectedAsync();
        await ShouldServeOthersAsync(host);
    }

    [Fact]
    public async Task CVE_2026_48779_a_flood_of_empty_fragments()
    {
        await using var host = await SocketIOHost.StartAsync(options => options.MaxFragmentsPerMessage = 1_000);
        using var raw = await SocketIORawSocket.OpenAsync(host);
        await raw.WriteAsync(SocketIORawSocket.Frame(0x81, "40"));
        await host.Handler.NextConnectedAsync();

        await raw.WriteAsync(SocketIORawSocket.Frame(0x01, "4"));
        for (var i = 0; i < 20; i++)
        {
            await raw.WriteAsync([.. Enumerable.Repeat(SocketIORawSocket.Frame(0x00), 100).SelectMany(frame => frame)]);
            if (host.Handler.Closes > 0)
            {
                break;
            }
        }

        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ProtocolViolated);
        await ShouldServeOthersAsync(host);
    }

    [Fact]
    public async Task CVE_2026_48779_a_flood_of_tiny_fragments()
    {
        await using var host = await SocketIOHost.StartAsync(options => options.MaxFragmentsPerMessage = 1_000);
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        await host.Handler.NextConnectedAsync();
        await socket.SendAsync("4"u8.ToArray(), WebSocketMessageType.Text, end: false);
        try
        {
            for (var i = 0; i < 5_000 && host.Handler.Closes == 0; i++)
            {
                await socket.SendAsync("x"u8.ToArray(), WebSocketMessageType.Text, end: false);
            }
        }
        catch (WebSocketException)
        {
            // Cut off in the middle, as it should be.
        }

        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ProtocolViolated);
        await ShouldServeOthersAsync(host);
    }

    [Fact]
    public async Task A_message_in_a_few_fragments_passes()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.ConnectAsync(host);

        await socket.SendAsync("421[\"e\""u8.ToArray(), WebSocketMessageType.Text, end: false);
        await socket.SendAsync([], WebSocketMessageType.Text, end: false);
        await socket.SendAsync(",1]"u8.ToArray(), WebSocketMessageType.Text, end: true);

        (await socket.ReadAsync()).ShouldBe("431[1]");
    }

    [Theory]
    [InlineData("42[\"e\",")]
    [InlineData("42[\"e\"]x")]
    [InlineData("420x[\"e\"]")]
    [InlineData("49[\"e\"]")]
    [InlineData("42/admin,[\"e\"]")]
    public Task Packets_that_are_none(string packet) => AttackAsync(packet);

    [Fact]
    public Task Json_nested_too_deep() => AttackAsync($"42[\"e\",{new string('[', 10_000)}{new string(']', 10_000)}]");

    [Fact]
    public Task Text_that_is_not_utf8() =>
        AttackAsync(socket => socket.SendAsync([0x34, 0x32, 0xff, 0xfe], WebSocketMessageType.Text));

    private static Task AttackAsync(string packet) => AttackAsync(socket => socket.SendAsync(packet));

    private static async Task AttackAsync(Func<SocketIOWebSocket, Task> attack, Action<SocketIOOptions>? configure = null)
    {
        await using var host = await SocketIOHost.StartAsync(configure);
        using var bystander = await SocketIOWebSocket.ConnectAsync(host);
        using var attacker = await SocketIOWebSocket.ConnectAsync(host);

        await attack(attacker);

        await attacker.ShouldBeClosedAsync();
        await host.Handler.NextCloseAsync();
        host.Handler.HasSeenAnEvent.ShouldBeFalse();
        await bystander.SendAsync("421[\"echo\",1]");
        (await bystander.ReadAsync()).ShouldBe("431[1]");
    }

    private static async Task ShouldServeOthersAsync(SocketIOHost host)
    {
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        await socket.SendAsync("421[\"echo\",1]");
        (await socket.ReadAsync()).ShouldBe("431[1]");
    }

    private static Task SendIgnoringLossAsync(SocketIOWebSocket socket, string text) =>
        SendIgnoringLossAsync(() => socket.SendAsync(text));

    private static Task SendIgnoringLossAsync(SocketIOWebSocket socket, byte[] bytes) =>
        SendIgnoringLossAsync(() => socket.SendAsync(bytes));

    private static async Task SendIgnoringLossAsync(Func<Task> send)
    {
        try
        {
            await send();
        }
        catch (WebSocketException)
        {
            // The server may have closed before the last byte.
        }
    }
}
