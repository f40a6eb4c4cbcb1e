using System.Buffers.Binary;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Caas.SocketIO;
using Caas.Tests.Support;

namespace Caas.Tests.SocketIO;

/// <summary>RFC 6455 on the wire, byte by byte, against the real server.</summary>
public sealed class WebSocketConformanceTests
{
    private const byte FinalText = 0x81;
    private const byte FirstText = 0x01;
    private const byte Continuation = 0x00;
    private const byte FinalContinuation = 0x80;
    private const byte Close = 0x88;
    private const byte Ping = 0x89;
    private const byte Pong = 0x8a;

    [Fact]
    public async Task The_handshake_agrees_with_the_example_of_the_rfc()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await SocketIORawSocket.GetAsync(host, "?EIO=4&transport=websocket", Upgrade("dGhlIHNhbXBsZSBub25jZQ=="));

        var head = await raw.ReadHeadAsync();

        head.ShouldStartWith("HTTP/1.1 101 ");
        head.ShouldContain("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        head.ShouldContain("Upgrade: websocket");
        head.ShouldContain("Connection: Upgrade");
        head.ShouldNotContain("Sec-WebSocket-Extensions");
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 12", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Upgrade: websocket")]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==", "Upgrade: websocket")]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: not base64 at all======", "Upgrade: websocket")]
    [InlineData("Sec-WebSocket-Version: 13", "X-No: key", "Upgrade: websocket")]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Upgrade: h2c")]
    public async Task A_handshake_that_is_none_is_refused_and_told_the_version(string version, string key, string upgrade)
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await SocketIORawSocket.GetAsync(
            host, "?EIO=4&transport=websocket", $"{upgrade}\r\nConnection: Upgrade\r\n{version}\r\n{key}\r\n");

        var head = await raw.ReadHeadAsync();

        head.ShouldStartWith("HTTP/1.1 400 ");
        head.ShouldContain("Sec-WebSocket-Version: 13");
    }

    [Fact]
    public async Task A_session_that_polls_is_told_the_version_too_and_goes_on()
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();
        using var raw = await SocketIORawSocket.GetAsync(
            host,
            client.Query.Replace("transport=polling", "transport=websocket", StringComparison.Ordinal),
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");

        var head = await raw.ReadHeadAsync();

        head.ShouldStartWith("HTTP/1.1 400 ");
        head.ShouldContain("Sec-WebSocket-Version: 13");
        connection.Closed.ShouldBeNull();
    }

    [Fact]
    public async Task Upgrade_may_be_one_of_several_tokens_in_any_case()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await SocketIORawSocket.GetAsync(
            host,
            "?EIO=4&transport=websocket",
            "Upgrade: example/2, WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");

        (await raw.ReadHeadAsync()).ShouldStartWith("HTTP/1.1 101 ");
    }

    [Fact]
    public async Task Frames_that_come_with_the_request_are_read()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await SocketIORawSocket.OpenAsync(host);
        await raw.WriteAsync(SocketIORawSocket.Frame(FinalText, "40"));

        await host.Handler.NextConnectedAsync();
    }

    [Fact]
    public async Task A_ping_is_answered_with_what_it_carried()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await OpenAsync(host);

        await raw.WriteAsync(SocketIORawSocket.Frame(Ping, "are you there?"));

        (await raw.ReadFrameAsync(Pong)).ShouldBe("are you there?"u8.ToArray());
    }

    [Fact]
    public async Task A_ping_within_a_message_in_fragments_is_answered_and_disturbs_nothing()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await OpenAsync(host);

        await raw.WriteAsync([
            .. SocketIORawSocket.Frame(FinalText, "40"),
            .. SocketIORawSocket.Frame(FirstText, "421[\"ec"),
            .. SocketIORawSocket.Frame(Ping, "x"),
            .. SocketIORawSocket.Frame(Continuation, "ho\""),
            .. SocketIORawSocket.Frame(Pong, "nobody asked"),
            .. SocketIORawSocket.Frame(FinalContinuation, ",7]"),
        ]);

        (await raw.ReadFrameAsync(Pong)).ShouldBe("x"u8.ToArray());
        Encoding.UTF8.GetString(await raw.ReadFrameAsync(FinalText, static text => text.StartsWith("43", StringComparison.Ordinal))).ShouldBe("431[7]");
    }

    [Fact]
    public async Task Ten_thousand_pings_at_once_are_answered_by_a_few_pongs_and_the_last()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await OpenAsync(host);

        await raw.WriteAsync([.. Enumerable.Range(1, 10_000).SelectMany(i => SocketIORawSocket.Frame(Ping, $"{i}"))]);

        await raw.ReadFrameAsync(Pong, static text => text == "10000");
    }

    [Fact]
    public async Task A_message_that_comes_a_byte_at_a_time_passes()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await OpenAsync(host);

        foreach (var one in SocketIORawSocket.Frame(FinalText, "40"))
        {
            await raw.WriteAsync([one]);
        }

        await host.Handler.NextConnectedAsync();
    }

    [Fact]
    public async Task A_close_frame_is_answered_with_one_and_the_connection_ends()
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await OpenAsync(host);

        await raw.WriteAsync(ClosingFrame(1000, "bye"));

        (await raw.ReadCloseAsync()).ShouldBe(1000);
        (await raw.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(1003)]
    [InlineData(1011)]
    [InlineData(1014)]
    [InlineData(3000)]
    [InlineData(4999)]
    public async Task A_status_that_may_be_sent_is_taken(ushort status)
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await OpenAsync(host);

        await raw.WriteAsync(ClosingFrame(status));

        (await raw.ReadCloseAsync()).ShouldBe(1000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(2999)]
    [InlineData(5000)]
    public Task A_status_that_may_not_be_sent_is_a_violation(ushort status) => ViolateAsync(ClosingFrame(status), 1002);

    [Fact]
    public Task A_close_frame_with_half_a_status_is_a_violation() => ViolateAsync(SocketIORawSocket.Frame(Close, "x"), 1002);

    [Fact]
    public Task A_reason_that_is_not_utf8_is_a_violation() => ViolateAsync([Close, 0x84, 0, 0, 0, 0, 0x03, 0xe8, 0xff, 0xfe], 1007);

    [Fact]
    public Task Text_that_is_not_utf8_is_a_violation() => ViolateAsync([FinalText, 0x83, 0, 0, 0, 0, 0x34, 0xed, 0xa0], 1007);

    [Fact]
    public Task A_frame_that_is_not_masked_is_a_violation() => ViolateAsync([FinalText, 2, (byte)'4', (byte)'0'], 1002);

    [Theory]
    [InlineData(0x83)]
    [InlineData(0x87)]
    [InlineData(0x8b)]
    [InlineData(0x8f)]
    public Task A_kind_of_frame_that_is_not_defined_is_a_violation(byte firstByte) => ViolateAsync(SocketIORawSocket.Frame(firstByte), 1002);

    [Theory]
    [InlineData(0x08)]
    [InlineData(0x09)]
    [InlineData(0x0a)]
    public Task A_control_frame_in_fragments_is_a_violation(byte firstByte) => ViolateAsync(SocketIORawSocket.Frame(firstByte), 1002);

    [Fact]
    public Task A_control_frame_of_more_than_125_bytes_is_a_violation() =>
        ViolateAsync([Ping, 0xfe, 0, 126, 0, 0, 0, 0, .. new byte[126]], 1002);

    [Fact]
    public Task A_continuation_of_nothing_is_a_violation() => ViolateAsync(SocketIORawSocket.Frame(FinalContinuation, "x"), 1002);

    [Fact]
    public Task A_message_within_a_message_is_a_violation() =>
        ViolateAsync([.. SocketIORawSocket.Frame(FirstText, "4"), .. SocketIORawSocket.Frame(FinalText, "40")], 1002);

    [Fact]
    public Task A_length_with_its_highest_bit_set_is_a_violation() =>
        ViolateAsync([FinalText, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], 1002);

    [Fact]
    public Task A_length_over_the_bound_is_refused_before_a_byte_of_it_has_come() =>
        ViolateAsync([FinalText, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0], 1009);

    [Fact]
    public Task Fragments_that_together_are_over_the_bound_are_refused() => ViolateAsync(
        [.. SocketIORawSocket.Frame(FirstText, "4"), Continuation, 0xff, 0, 0, 0, 0, 0, 0x0f, 0x42, 0x40, 0, 0, 0, 0], 1009);

    [Theory]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(300_000)]
    public async Task Messages_of_every_width_of_length_pass_both_ways(int length)
    {
        await using var host = await SocketIOHost.StartAsync();
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
        var text = new string('é', (length / 2) - 10);

        await socket.SendAsync($"421[\"echo\",\"{text}\"]");

        (await socket.ReadAsync()).ShouldBe($"431[\"{text}\"]");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_websocket_over_tls_is_served_as_without(bool http2)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
        await using var host = await SocketIOHost.StartAsync(http2: http2, certificate: certificate);

        await ShouldServeAsync(host, "wss", http2);
    }

    [Fact]
    public async Task A_websocket_over_http_2_is_served_as_over_http_1()
    {
        await using var host = await SocketIOHost.StartAsync(http2: true);

        await ShouldServeAsync(host, "ws", http2: true);
    }

    private static async Task ShouldServeAsync(SocketIOHost host, string scheme, bool http2)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost";
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var patience = new CancellationTokenSource(SocketIOHost.Patience);
        await socket.ConnectAsync(new Uri($"{scheme}://{host.Address.Authority}/socket.io/?EIO=4&transport=websocket"), invoker, patience.Token);
        using var spoken = SocketIOWebSocket.Of(socket);
        (await spoken.ReadAsync()).ShouldStartWith("0{");

        await spoken.SendAsync("40");
        (await spoken.ReadAsync()).ShouldStartWith("40{");
        await spoken.SendAsync($"421[\"echo\",\"{new string('x', 200_000)}\"]");
        (await spoken.ReadAsync()).Length.ShouldBe(200_007);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", patience.Token);

        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ClientClosed);
    }

    private static string Upgrade(string key) =>
        $"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n";

    private static byte[] ClosingFrame(ushort status, string reason = "")
    {
        var payload = new byte[2 + reason.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, status);
        Encoding.ASCII.GetBytes(reason, payload.AsSpan(2));
        return [Close, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload];
    }

    private static async Task<SocketIORawSocket> OpenAsync(SocketIOHost host)
    {
        var raw = await SocketIORawSocket.OpenAsync(host);
        (await raw.ReadHeadAsync()).ShouldStartWith("HTTP/1.1 101 ");
        Encoding.UTF8.GetString(await raw.ReadFrameAsync(FinalText)).ShouldStartWith("0{");
        return raw;
    }

    private static async Task ViolateAsync(byte[] frames, int status)
    {
        await using var host = await SocketIOHost.StartAsync();
        using var raw = await OpenAsync(host);
        await raw.WriteAsync(SocketIORawSocket.Frame(FinalText, "40"));
        await host.Handler.NextConnectedAsync();

        await raw.WriteAsync(frames);

        (await raw.ReadCloseAsync()).ShouldBe(status);
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ProtocolViolated);
        host.Handler.HasSeenAnEvent.ShouldBeFalse();
    }
}
