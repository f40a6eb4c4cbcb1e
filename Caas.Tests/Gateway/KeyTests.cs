using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Gateway;

[Collection(nameof(GatewayCollection))]
public sealed class KeyTests(SharedGateway shared)
{
    private readonly GatewayHost _host = shared.Host;

    [Fact]
    public async Task The_secret_is_shown_once_and_works()
    {
        var client = await _host.RegisterAsync();

        var created = await CreateAsync(_host, client, client.Key, """["users:read","clients:read"]""");

        created.Status.ShouldBe(201);
        var secret = created.Json.GetProperty("key").GetString()!;
        var path = created.Header("Location")!;
        (await _host.GetAsync("/api/users", secret)).Status.ShouldBe(200);
        var read = await _host.GetAsync(path, client.Key);
        read.Json.EnumerateObject().Select(member => member.Name)
            .ShouldBeSubsetOf(["id", "applicationId", "name", "scopes", "createdAt", "expiresAt", "lastUsedAt"]);
        (await _host.GetAsync("/api/keys", client.Key)).Text.ShouldNotContain(secret);
    }

    [Fact]
    public async Task A_key_without_the_scope_is_refused()
    {
        var client = await _host.RegisterAsync();
        var reader = await SecretAsync(client, client.Key, """["users:read"]""");

        var refused = await _host.SendAsync(HttpMethod.Put, "/api/users/ann", reader, "{}");

        refused.Status.ShouldBe(403);
        refused.Code.ShouldBe("insufficient_scope");
    }

    [Fact]
    public async Task A_key_makes_none_that_may_do_more_than_it()
    {
        var client = await _host.RegisterAsync();
        var manager = await SecretAsync(client, client.Key, """["clients:write","clients:read"]""");

        (await CreateAsync(_host, client, manager, """["clients:read","messages:write"]""")).Code.ShouldBe("insufficient_scope");
        var same = await CreateAsync(_host, client, manager, scopes: null);

        same.Json.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString())
            .ShouldBe(["clients:read", "clients:write"]);
    }

    [Fact]
    public async Task A_key_does_not_get_at_the_secret_of_a_greater_one_by_rotating_it()
    {
        var client = await _host.RegisterAsync();
        var manager = await SecretAsync(client, client.Key, """["clients:write"]""");

        (await _host.PostAsync($"/api/keys/{client.KeyId}/rotate", manager, "{}")).Code.ShouldBe("insufficient_scope");

        (await _host.GetAsync("/api/clients/me", client.Key)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("""{"name":"k"}""", "applicationId")]
    [InlineData("""{"applicationId":"APP"}""", "name")]
    [InlineData("""{"applicationId":"APP","name":"k","scopes":[]}""", "scopes")]
    [InlineData("""{"applicationId":"APP","name":"k","scopes":["root"]}""", "scopes[0]")]
    [InlineData("""{"applicationId":"APP","name":"k","expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt")]
    public async Task What_is_wrong_with_a_key_is_named(string body, string path)
    {
        var client = await _host.RegisterAsync();

        var answer = await _host.PostAsync("/api/keys", client.Key, body.Replace("APP", client.ApplicationId, StringComparison.Ordinal));

        answer.Status.ShouldBe(422);
        answer.Json.GetProperty("errors").TryGetProperty(path, out _).ShouldBeTrue(answer.Text);
    }

    [Fact]
    public async Task An_application_of_another_client_is_unknown()
    {
        var ours = await _host.RegisterAsync();
        var theirs = await _host.RegisterAsync();

        (await CreateAsync(_host, theirs, ours.Key, scopes: null)).Status.ShouldBe(404);
        (await _host.GetAsync($"/api/keys/{theirs.KeyId}", ours.Key)).Status.ShouldBe(404);
        (await _host.SendAsync(HttpMethod.Delete, $"/api/keys/{theirs.KeyId}", ours.Key, body: null)).Status.ShouldBe(404);
        (await _host.PostAsync($"/api/keys/{theirs.KeyId}/rotate", ours.Key, "{}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once()
    {
        var client = await _host.RegisterAsync();
        var created = await CreateAsync(_host, client, client.Key, scopes: null);
        var secret = created.Json.GetProperty("key").GetString()!;
        (await _host.GetAsync("/api/clients/me", secret)).Status.ShouldBe(200);

        var revoked = await _host.SendAsync(HttpMethod.Delete, created.Header("Location")!, client.Key, body: null);

        revoked.Status.ShouldBe(204);
        (await _host.GetAsync("/api/clients/me", secret)).Code.ShouldBe("invalid_credential");
        (await _host.GetAsync(created.Header("Location")!, client.Key)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task After_a_rotation_both_keys_work_and_after_the_overlap_the_new_one_alone()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        await using var host = await GatewayHost.StartAsync(clock);
        var client = await host.RegisterAsync();
        (await host.GetAsync("/api/clients/me", client.Key)).Status.ShouldBe(200);

        var rotated = await host.PostAsync($"/api/keys/{client.KeyId}/rotate", client.Key, """{"overlapSeconds":60}""");

        rotated.Status.ShouldBe(200);
        var successor = rotated.Json.GetProperty("key").GetString()!;
        rotated.Json.GetProperty("scopes").GetArrayLength().ShouldBe(18);
        (await host.GetAsync("/api/clients/me", client.Key)).Status.ShouldBe(200);
        (await host.GetAsync("/api/clients/me", successor)).Status.ShouldBe(200);
        clock.Advance(TimeSpan.FromSeconds(60));
        (await host.GetAsync("/api/clients/me", client.Key)).Code.ShouldBe("credential_expired");
        (await host.GetAsync("/api/clients/me", successor)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_leaked_key_is_rotated_without_overlap()
    {
        var client = await _host.RegisterAsync();

        var rotated = await _host.PostAsync($"/api/keys/{client.KeyId}/rotate", client.Key, """{"overlapSeconds":0}""");

        (await _host.GetAsync("/api/clients/me", client.Key)).Code.ShouldBe("credential_expired");
        (await _host.GetAsync("/api/clients/me", rotated.Json.GetProperty("key").GetString())).Status.ShouldBe(200);
    }

    private async Task<string> SecretAsync(TestClient client, string credential, string scopes) =>
        (await CreateAsync(_host, client, credential, scopes)).Json.GetProperty("key").GetString()!;

    private static Task<Answer> CreateAsync(GatewayHost host, TestClient client, string credential, string? scopes)
    {
        var listed = scopes is null ? string.Empty : $",\"scopes\":{scopes}";
        return host.PostAsync("/api/keys", credential, $$"""{"applicationId":"{{client.ApplicationId}}","name":"another"{{listed}}}""");
    }
}
