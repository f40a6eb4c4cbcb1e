namespace Caas.Tests.Gateway;

[Collection(nameof(GatewayCollection))]
public sealed class CorsTests(SharedGateway shared)
{
    private const string Listed = "https://app.acme.test";
    private const string ListedByAnother = "https://app.other.test";
    private const string Unlisted = "https://evil.test";

    private readonly GatewayHost _host = shared.Host;

    [Theory]
    [InlineData("/api/messages", Listed, 204)]
    [InlineData("/api/clients/me", ListedByAnother, 204)]
    [InlineData("/api/no/such/path", Listed, 204)]
    [InlineData("/api/messages", Unlisted, 403)]
    [InlineData("/api/messages", "null", 403)]
    [InlineData("/api/messages", "https://app.acme.test.evil.test", 403)]
    [InlineData("/api/messages", "http://app.acme.test", 403)]
    [InlineData("/api/messages", "https://app.acme.test:8443", 403)]
    [InlineData("/api/messages", "http://localhost:59173", 403)]
    public async Task A_preflight_asks_whether_anybody_lists_the_origin(string path, string origin, int status)
    {
        await ListAsync(Listed);
        await ListAsync(ListedByAnother);

        var answer = await _host.SendAsync(
            HttpMethod.Options, path, credential: null, body: null, ("Origin", origin), ("Access-Control-Request-Method", "POST"));

        answer.Status.ShouldBe(status);
        answer.Header("Vary").ShouldBe("Origin");
        answer.Header("Access-Control-Allow-Origin").ShouldBe(status == 204 ? origin : null);
        answer.Header("Access-Control-Allow-Credentials").ShouldBeNull();
        if (status == 204)
        {
            answer.Header("Access-Control-Allow-Methods")!.ShouldContain("PATCH");
            answer.Header("Access-Control-Allow-Headers")!.ShouldContain("Idempotency-Key");
        }
        else
        {
            answer.Code.ShouldBe("origin_not_allowed");
        }
    }

    [Fact]
    public async Task A_request_of_a_listed_origin_is_answered_and_its_headers_can_be_read()
    {
        var client = await ListAsync(Listed);

        var answer = await _host.GetAsync("/api/clients/me", client.Key, ("Origin", Listed));

        answer.Status.ShouldBe(200);
        answer.Header("Access-Control-Allow-Origin").ShouldBe(Listed);
        var exposed = answer.Header("Access-Control-Expose-Headers")!;
        foreach (var header in new[] { "ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "Idempotency-Replayed", "Location" })
        {
            exposed.Split(", ").ShouldContain(header);
        }
    }

    [Theory]
    [InlineData(ListedByAnother)]
    [InlineData(Unlisted)]
    public async Task An_origin_that_the_credentials_own_application_does_not_list_is_refused_and_told_so(string origin)
    {
        await ListAsync(ListedByAnother);
        var client = await ListAsync(Listed);
        var tokens = await _host.SignInAsync(client);

        foreach (var credential in new[] { client.Key, tokens.Access })
        {
            var answer = await _host.GetAsync("/api/conversations", credential, ("Origin", origin));
            answer.Status.ShouldBe(403);
            answer.Code.ShouldBe("origin_not_allowed");
            answer.Header("Access-Control-Allow-Origin").ShouldBe(origin);
        }
    }

    [Fact]
    public async Task A_page_of_a_listed_origin_can_read_why_its_credential_is_refused()
    {
        await ListAsync(Listed);

        var answer = await _host.GetAsync("/api/conversations", "nonsense", ("Origin", Listed));

        answer.Status.ShouldBe(401);
        answer.Header("Access-Control-Allow-Origin").ShouldBe(Listed);
    }

    [Fact]
    public async Task A_stranger_without_a_credential_can_read_nothing()
    {
        var answer = await _host.GetAsync("/api/conversations", credential: null, ("Origin", Unlisted));

        answer.Status.ShouldBe(401);
        answer.Header("Access-Control-Allow-Origin").ShouldBeNull();
    }

    [Fact]
    public async Task A_page_that_nobody_lists_cannot_refresh_a_session()
    {
        var client = await ListAsync(Listed);
        var tokens = await _host.SignInAsync(client);
        var body = $$"""{"refreshToken":"{{tokens.Refresh}}"}""";

        (await _host.PostAsync("/api/tokens/refresh", credential: null, body, ("Origin", Unlisted))).Code.ShouldBe("origin_not_allowed");
        (await _host.PostAsync("/api/tokens/refresh", credential: null, body, ("Origin", Listed))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_own_origin_needs_no_list()
    {
        var client = await _host.RegisterAsync();
        var own = _host.Address.GetLeftPart(UriPartial.Authority);

        (await _host.GetAsync("/api/clients/me", client.Key, ("Origin", own))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_origin_that_is_taken_off_the_list_is_refused_at_once()
    {
        var client = await ListAsync(Listed);

        await _host.SendAsync(
            HttpMethod.Patch, $"/api/applications/{client.ApplicationId}", client.Key, """{"allowedOrigins":[]}""");

        (await _host.GetAsync("/api/clients/me", client.Key, ("Origin", Listed))).Code.ShouldBe("origin_not_allowed");
    }

    [Theory]
    [InlineData("http://localhost:5173", 200)]
    [InlineData("http://127.0.0.1:8080", 200)]
    [InlineData("http://localhost.evil.test", 403)]
    [InlineData("http://evil.test@localhost", 403)]
    [InlineData("https://localhost:5173", 403)]
    public async Task Pages_of_this_machine_are_allowed_where_the_option_says_so(string origin, int status)
    {
        await using var host = await GatewayHost.StartAsync(clock: null, "--Caas:Http:AllowLoopbackOrigins", "true");
        var client = await host.RegisterAsync();

        (await host.GetAsync("/api/clients/me", client.Key, ("Origin", origin))).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("https://app.example.com", "https://app.example.com")]
    [InlineData("HTTPS://App.Example.COM:443", "https://app.example.com")]
    [InlineData("http://localhost:5173", "http://localhost:5173")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    [InlineData("https://[::1]:8443", "https://[::1]:8443")]
    [InlineData("https://app.example.com/", null)]
    [InlineData("https://app.example.com/path", null)]
    [InlineData("https://user@app.example.com", null)]
    [InlineData("https://*.example.com", null)]
    [InlineData("*", null)]
    [InlineData("null", null)]
    [InlineData("app.example.com", null)]
    [InlineData("javascript://app.example.com", null)]
    [InlineData("", null)]
    public async Task An_application_lists_origins_and_nothing_else(string given, string? kept)
    {
        var client = await _host.RegisterAsync();

        var answer = await _host.SendAsync(
            HttpMethod.Patch,
            $"/api/applications/{client.ApplicationId}",
            client.Key,
            $$"""{"allowedOrigins":["{{given}}"]}""");

        if (kept is null)
        {
            answer.Status.ShouldBe(422);
            answer.Json.GetProperty("errors").TryGetProperty("allowedOrigins[0]", out _).ShouldBeTrue();
        }
        else
        {
            answer.Json.GetProperty("allowedOrigins")[0].GetString().ShouldBe(kept);
        }
    }

    private async Task<TestClient> ListAsync(string origin)
    {
        var client = await _host.RegisterAsync();
        var path = $"/api/applications/{client.ApplicationId}";
        var answer = await _host.SendAsync(HttpMethod.Patch, path, client.Key, $$"""{"allowedOrigins":["{{origin}}"]}""");
        answer.Status.ShouldBe(200);
        return client;
    }
}
