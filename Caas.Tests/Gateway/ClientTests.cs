using Caas.Domain.Clients;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Gateway;

[Collection(nameof(GatewayCollection))]
public sealed class ClientTests(SharedGateway shared)
{
    private readonly GatewayHost _host = shared.Host;

    [Fact]
    public async Task A_client_changes_what_it_says_and_keeps_the_rest()
    {
        var client = await _host.RegisterAsync();
        var before = await _host.GetAsync("/api/clients/me", client.Key);

        var changed = await _host.SendAsync(
            HttpMethod.Patch, "/api/clients/me", client.Key, """{"name":"Acme 2"}""", ("If-Match", before.Header("ETag")!));

        changed.Status.ShouldBe(200);
        changed.Json.GetProperty("name").GetString().ShouldBe("Acme 2");
        changed.Json.GetProperty("email").GetString().ShouldBe("dev@acme.test");
        changed.Header("ETag").ShouldNotBe(before.Header("ETag"));
    }

    [Fact]
    public async Task A_change_of_what_was_changed_meanwhile_is_refused()
    {
        var client = await _host.RegisterAsync();
        var stale = (await _host.GetAsync("/api/clients/me", client.Key)).Header("ETag")!;
        await _host.SendAsync(HttpMethod.Patch, "/api/clients/me", client.Key, """{"name":"Acme 2"}""");

        foreach (var (method, body) in new[] { (HttpMethod.Patch, """{"name":"Acme 3"}"""), (HttpMethod.Delete, null) })
        {
            var refused = await _host.SendAsync(method, "/api/clients/me", client.Key, body, ("If-Match", stale));
            refused.Status.ShouldBe(412);
            refused.Code.ShouldBe("precondition_failed");
        }

        (await _host.GetAsync("/api/clients/me", client.Key)).Json.GetProperty("name").GetString().ShouldBe("Acme 2");
    }

    [Theory]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"email":"nobody"}""", "email")]
    [InlineData("""{"id":"client_x"}""", "id")]
    public async Task What_is_wrong_with_a_change_is_named(string body, string path)
    {
        var client = await _host.RegisterAsync();

        var refused = await _host.SendAsync(HttpMethod.Patch, "/api/clients/me", client.Key, body);

        refused.Status.ShouldBe(422);
        refused.Json.GetProperty("errors").TryGetProperty(path, out _).ShouldBeTrue(refused.Text);
    }

    [Fact]
    public async Task A_deleted_client_is_refused_everywhere_at_once()
    {
        var client = await _host.RegisterAsync();
        var tokens = await _host.SignInAsync(client);

        (await _host.SendAsync(HttpMethod.Delete, "/api/clients/me", client.Key, body: null)).Status.ShouldBe(204);

        (await _host.GetAsync("/api/clients/me", client.Key)).Code.ShouldBe("invalid_credential");
        (await _host.GetAsync("/api/sessions", tokens.Access)).Code.ShouldBe("session_revoked");
        (await _host.RefreshAsync(tokens.Refresh)).Code.ShouldBe("session_revoked");
    }

    [Fact]
    public async Task What_a_deleted_client_owned_is_erased_behind()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        await using var host = await GatewayHost.StartAsync(clock);
        var client = await host.RegisterAsync();
        await host.SignInAsync(client);
        TypeId.TryParse<ClientId>(client.Id, out var id).ShouldBeTrue();
        var users = host.Services.GetRequiredService<IUserStore>();
        var clients = host.Services.GetRequiredService<IClientStore>();
        (await users.ListAsync(id, after: null, 10, GatewayHost.Ct)).Count.ShouldBe(1);

        await host.SendAsync(HttpMethod.Delete, "/api/clients/me", client.Key, body: null);
        (await clients.ListDeletedAsync(10, GatewayHost.Ct)).ShouldBe([id]);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await clients.ListDeletedAsync(10, patience.Token)).Count > 0)
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }

        (await users.ListAsync(id, after: null, 10, GatewayHost.Ct)).ShouldBeEmpty();
    }
}
