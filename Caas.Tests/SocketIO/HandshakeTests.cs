using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.SocketIO;

public sealed class HandshakeTests
{
    [Fact]
    public async Task The_open_packet_tells_the_settings()
    {
        await using var host = await SocketIOHost.StartAsync();

        var open = await host.GetTextAsync("?EIO=4&transport=polling");

        open[0].ShouldBe('0');
        var settings = JsonDocument.Parse(open[1..]).RootElement;
        settings.GetProperty("sid").GetString()!.Length.ShouldBe(22);
        settings.GetProperty("upgrades").EnumerateArray().Single().GetString().ShouldBe("websocket");
        settings.GetProperty("pingInterval").GetInt32().ShouldBe(25_000);
        settings.GetProperty("pingTimeout").GetInt32().ShouldBe(20_000);
        settings.GetProperty("maxPayload").GetInt32().ShouldBe(1_000_000);
    }

    [Theory]
    [InlineData("GET", "EIO=4", 0, "Transport unknown")]
    [InlineData("GET", "EIO=4&transport=abc", 0, "Transport unknown")]
    [InlineData("GET", "EIO=4&transport=__proto__", 0, "Transport unknown")]
    [InlineData("GET", "EIO=4&transport=polling&transport=websocket", 0, "Transport unknown")]
    [InlineData("GET", "EIO=4&transport=polling&sid=unknown", 1, "Session ID unknown")]
    [InlineData("GET", "EIO=4&transport=polling&sid=", 1, "Session ID unknown")]
    [InlineData("GET", "EIO=4&transport=polling&sid=__proto__", 1, "Session ID unknown")]
    [InlineData("POST", "EIO=4&transport=polling", 2, "Bad handshake method")]
    [InlineData("PUT", "EIO=4&transport=polling", 2, "Bad handshake method")]
    [InlineData("GET", "EIO=4&transport=websocket", 3, "Bad request")]
    [InlineData("GET", "transport=polling", 5, "Unsupported protocol version")]
    [InlineData("GET", "EIO=3&transport=polling", 5, "Unsupported protocol version")]
    [InlineData("GET", "EIO=abc&transport=polling", 5, "Unsupported protocol version")]
    public async Task A_bad_request_gets_the_error_that_clients_know(string method, string query, int code, string message)
    {
        await using var host = await SocketIOHost.StartAsync();

        using var response = await host.SendAsync(new HttpRequestMessage(new HttpMethod(method), "?" + query));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(SocketIOHost.Ct)).ShouldBe($$"""{"code":{{code}},"message":"{{message}}"}""");
        host.Server.Sessions.ShouldBe(0);
    }

    [Fact]
    public async Task Beyond_the_cap_a_session_is_refused_and_a_freed_place_can_be_taken()
    {
        await using var host = await SocketIOHost.StartAsync(options => options.MaxConnections = 1);
        var first = await SocketIOPolling.OpenAsync(host);

        using (var refused = await host.GetAsync("?EIO=4&transport=polling"))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        await first.SendAsync("1");
        await SocketIOPolling.OpenAsync(host);
    }

    [Fact]
    public async Task An_allowed_origin_gets_cors_headers_without_credentials()
    {
        await using var host = await SocketIOHost.StartAsync(options =>
            options.IsOriginAllowed = (origin, _) => ValueTask.FromResult(origin is "https://good.example"));

        using var response = await host.SendAsync(From("https://good.example", HttpMethod.Get));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe("https://good.example");
        response.Headers.Vary.Single().ShouldBe("Origin");
        response.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
    }

    [Fact]
    public async Task A_preflight_is_answered()
    {
        await using var host = await SocketIOHost.StartAsync();

        using var response = await host.SendAsync(From("https://good.example", HttpMethod.Options));

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        response.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldBe("GET, POST");
        response.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldBe("Content-Type");
    }

    [Fact]
    public async Task A_foreign_origin_is_refused_over_either_transport()
    {
        await using var host = await SocketIOHost.StartAsync(options =>
            options.IsOriginAllowed = (_, _) => ValueTask.FromResult(false));

        using var response = await host.SendAsync(From("https://evil.example", HttpMethod.Get));
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var refused = await Should.ThrowAsync<WebSocketException>(
            SocketIOWebSocket.DialAsync(host, "EIO=4&transport=websocket", "https://evil.example"));
        refused.Message.ShouldContain("403");
    }

    [Fact]
    public async Task An_origin_check_that_fails_denies()
    {
        await using var host = await SocketIOHost.StartAsync(options =>
            options.IsOriginAllowed = (_, _) => throw new InvalidOperationException("store down"));

        using var response = await host.SendAsync(From("https://good.example", HttpMethod.Get));

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Without_a_check_only_the_own_origin_passes()
    {
        await using var host = await SocketIOHost.StartAsync(options => options.IsOriginAllowed = null);

        using var own = await host.SendAsync(From($"http://{host.Address.Authority}", HttpMethod.Get));
        using var foreign = await host.SendAsync(From("https://evil.example", HttpMethod.Get));

        own.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Polling_can_be_switched_off()
    {
        await using var host = await SocketIOHost.StartAsync(options => options.AllowPolling = false);

        using var response = await host.GetAsync("?EIO=4&transport=polling");
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var socket = await SocketIOWebSocket.ConnectAsync(host);
    }

    [Fact]
    public void An_option_out_of_range_is_named_by_its_path()
    {
        var options = new Caas.SocketIO.SocketIOOptions { MaxAttachments = 65 };

        Should.Throw<InvalidOperationException>(options.Validate).Message.ShouldStartWith("SocketIO:MaxAttachments ");
        Should.NotThrow(new Caas.SocketIO.SocketIOOptions().Validate);
    }

    private static HttpRequestMessage From(string origin, HttpMethod method) =>
        new(method, "?EIO=4&transport=polling") { Headers = { { "Origin", origin } } };
}
