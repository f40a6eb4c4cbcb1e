using Caas.Http.Credentials;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Gateway;

/// <summary>Walks every endpoint that the host maps, so that none can be forgotten.</summary>
[Collection(nameof(GatewayCollection))]
public sealed class ControlPlaneTests(SharedGateway shared)
{
    private readonly GatewayHost _host = shared.Host;

    [Fact]
    public void Every_endpoint_under_api_says_who_may_call_it()
    {
        var silent = Endpoints()
            .Where(endpoint => endpoint.Metadata.GetMetadata<AccessMetadata>() is null)
            .Select(endpoint => endpoint.DisplayName);

        silent.ShouldBeEmpty();
    }

    [Fact]
    public void Every_endpoint_that_a_key_may_call_asks_for_a_scope_that_exists()
    {
        var asked = Endpoints()
            .Select(endpoint => endpoint.Metadata.GetRequiredMetadata<AccessMetadata>())
            .Where(access => access.Access is Access.Key or Access.UserOrKey)
            .ToList();

        asked.Count.ShouldBeGreaterThan(20);
        asked.ShouldAllBe(access => Domain.Keys.ApiScopes.All.Contains(access.Scope));
    }

    [Fact]
    public async Task A_users_token_is_refused_on_every_route_of_the_control_plane()
    {
        var client = await _host.RegisterAsync();
        var tokens = await _host.SignInAsync(client);
        var asked = 0;

        foreach (var (method, path, body) in Requests(Access.Key, client).Concat(Requests(Access.Platform, client)))
        {
            var answer = await _host.SendAsync(method, path, tokens.Access, body);
            answer.Status.ShouldBe(403, $"{method} {path}: {answer.Text}");
            answer.Code.ShouldBe("forbidden");
            asked++;
        }

        asked.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task The_operators_routes_refuse_api_keys_and_whoever_shows_nothing()
    {
        var client = await _host.RegisterAsync();
        var asked = 0;

        foreach (var (method, path, body) in Requests(Access.Platform, client))
        {
            (await _host.SendAsync(method, path, client.Key, body)).Code.ShouldBe("forbidden", path);
            (await _host.SendAsync(method, path, credential: null, body)).Code.ShouldBe("unauthenticated", path);
            (await _host.SendAsync(method, path, GatewayHost.PlatformKey + "x", body)).Code.ShouldBe("invalid_credential", path);
            asked++;
        }

        asked.ShouldBeGreaterThanOrEqualTo(6);
    }

    [Fact]
    public async Task The_platform_key_is_no_key_of_any_client()
    {
        (await _host.GetAsync("/api/clients/me", GatewayHost.PlatformKey)).Code.ShouldBe("invalid_credential");
    }

    [Fact]
    public async Task Where_registration_is_closed_it_needs_the_platform_key()
    {
        await using var host = await GatewayHost.StartAsync(clock: null, "--Caas:Registration:Open", "false");
        const string Body = """{"name":"Acme","email":"dev@acme.test"}""";

        (await host.PostAsync("/api/clients", credential: null, Body)).Code.ShouldBe("unauthenticated");
        (await host.PostAsync("/api/clients", GatewayHost.PlatformKey, Body)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task The_operator_sees_clients_engines_lag_and_topics()
    {
        var client = await _host.RegisterAsync("Operator's view");

        var clients = await _host.GetAsync("/api/platform/clients?limit=200", GatewayHost.PlatformKey);
        var health = await _host.GetAsync("/api/platform/health", GatewayHost.PlatformKey);
        var lag = await _host.GetAsync("/api/platform/lag", GatewayHost.PlatformKey);
        var topics = await _host.GetAsync("/api/platform/topics", GatewayHost.PlatformKey);

        clients.Text.ShouldContain(client.Id);
        health.Json.GetProperty("engines").GetProperty("documents").GetString().ShouldBe("healthy");
        lag.Json.GetProperty("items").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Array);
        topics.Json.GetProperty("items").EnumerateArray().Select(topic => topic.GetProperty("name").GetString())
            .ShouldBe(Domain.Events.Topics.All);
    }

    [Fact]
    public async Task A_platform_page_ends_where_the_next_begins()
    {
        await _host.RegisterAsync();
        await _host.RegisterAsync();

        var first = await _host.GetAsync("/api/platform/clients?limit=1", GatewayHost.PlatformKey);
        var cursor = first.Json.GetProperty("nextCursor").GetString();
        var second = await _host.GetAsync($"/api/platform/clients?limit=1&cursor={cursor}", GatewayHost.PlatformKey);

        string.CompareOrdinal(IdOf(first), IdOf(second)).ShouldBeLessThan(0);
        (await _host.GetAsync($"/api/platform/clients?cursor={cursor}x", GatewayHost.PlatformKey)).Code.ShouldBe("invalid_cursor");
    }

    private static string IdOf(Answer page) => page.Json.GetProperty("items")[0].GetProperty("id").GetString()!;

    private IEnumerable<RouteEndpoint> Endpoints() => _host.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal));

    // A body of the right form, or the order of refusals would have others come first.
    private IEnumerable<(HttpMethod Method, string Path, string? Body)> Requests(Access access, TestClient client) =>
        from endpoint in Endpoints()
        where endpoint.Metadata.GetRequiredMetadata<AccessMetadata>().Access == access
        from method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
        let path = endpoint.RoutePattern.RawText!
            .Replace("{applicationId}", client.ApplicationId, StringComparison.Ordinal)
            .Replace("{keyId}", client.KeyId, StringComparison.Ordinal)
            .Replace("{userId}", "ann", StringComparison.Ordinal)
            .TrimEnd('/')
        where !path.Contains('{', StringComparison.Ordinal)
        select (HttpMethod.Parse(method), path, method is "POST" or "PUT" or "PATCH" ? "{}" : null);
}
