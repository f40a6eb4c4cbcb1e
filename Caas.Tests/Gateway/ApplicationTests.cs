namespace Caas.Tests.Gateway;

[Collection(nameof(GatewayCollection))]
public sealed class ApplicationTests(SharedGateway shared)
{
    private const string Body = """{"name":"Staging","label":"test","allowedOrigins":["https://staging.acme.test"]}""";

    private readonly GatewayHost _host = shared.Host;

    [Fact]
    public async Task An_application_is_made_read_changed_and_deleted()
    {
        var client = await _host.RegisterAsync();

        var created = await _host.PostAsync("/api/applications", client.Key, Body);
        var path = created.Header("Location")!;
        var changed = await _host.SendAsync(
            HttpMethod.Patch, path, client.Key, """{"name":"Stage"}""", ("If-Match", created.Header("ETag")!));

        created.Status.ShouldBe(201);
        created.Json.GetProperty("label").GetString().ShouldBe("test");
        changed.Json.GetProperty("allowedOrigins")[0].GetString().ShouldBe("https://staging.acme.test");
        (await _host.GetAsync(path, client.Key)).Json.GetProperty("name").GetString().ShouldBe("Stage");
        (await _host.GetAsync("/api/applications", client.Key)).Json.GetProperty("items").GetArrayLength().ShouldBe(2);
        (await _host.SendAsync(HttpMethod.Delete, path, client.Key, body: null)).Status.ShouldBe(204);
        (await _host.GetAsync(path, client.Key)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_stale_entity_tag_is_refused()
    {
        var client = await _host.RegisterAsync();
        var created = await _host.PostAsync("/api/applications", client.Key, Body);
        var path = created.Header("Location")!;
        await _host.SendAsync(HttpMethod.Patch, path, client.Key, """{"name":"Stage"}""");

        (await _host.SendAsync(HttpMethod.Patch, path, client.Key, """{"name":"x"}""", ("If-Match", created.Header("ETag")!)))
            .Status.ShouldBe(412);
        (await _host.SendAsync(HttpMethod.Delete, path, client.Key, body: null, ("If-Match", created.Header("ETag")!)))
            .Status.ShouldBe(412);

        (await _host.GetAsync(path, client.Key)).Json.GetProperty("name").GetString().ShouldBe("Stage");
    }

    [Fact]
    public async Task The_same_idempotency_key_makes_one_application()
    {
        var client = await _host.RegisterAsync();
        var key = ("Idempotency-Key", "make-staging");

        var first = await _host.PostAsync("/api/applications", client.Key, Body, key);
        var again = await _host.PostAsync("/api/applications", client.Key, Body, key);
        var other = await _host.PostAsync("/api/applications", client.Key, """{"name":"Other"}""", key);

        first.Header("Idempotency-Replayed").ShouldBeNull();
        again.Status.ShouldBe(201);
        again.Header("Idempotency-Replayed").ShouldBe("true");
        again.Text.ShouldBe(first.Text);
        again.Header("Location").ShouldBe(first.Header("Location"));
        other.Code.ShouldBe("idempotency_key_reused");
        (await _host.GetAsync("/api/applications", client.Key)).Json.GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Parallel_duplicates_make_one_application()
    {
        var client = await _host.RegisterAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            _host.PostAsync("/api/applications", client.Key, Body, ("Idempotency-Key", "at-once"))));

        answers.ShouldAllBe(answer => answer.Status == 201);
        answers.Select(answer => answer.Text).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task The_last_application_stays()
    {
        var client = await _host.RegisterAsync();

        var refused = await _host.SendAsync(
            HttpMethod.Delete, $"/api/applications/{client.ApplicationId}", client.Key, body: null);

        refused.Status.ShouldBe(409);
        refused.Code.ShouldBe("conflict");
    }

    [Fact]
    public async Task The_keys_and_tokens_of_a_deleted_application_are_refused_at_once()
    {
        var client = await _host.RegisterAsync();
        var created = await _host.PostAsync("/api/applications", client.Key, Body);
        var id = created.Json.GetProperty("id").GetString();
        var made = await _host.PostAsync("/api/keys", client.Key, $$"""{"applicationId":"{{id}}","name":"staging"}""");
        var staging = client with { Key = made.Json.GetProperty("key").GetString()! };
        staging.Key.ShouldStartWith("caas_test_");
        var tokens = await _host.SignInAsync(staging);
        (await _host.GetAsync("/api/sessions", tokens.Access)).Status.ShouldBe(200);

        await _host.SendAsync(HttpMethod.Delete, created.Header("Location")!, client.Key, body: null);

        (await _host.GetAsync("/api/clients/me", staging.Key)).Code.ShouldBe("invalid_credential");
        (await _host.GetAsync("/api/sessions", tokens.Access)).Code.ShouldBe("invalid_credential");
        (await _host.RefreshAsync(tokens.Refresh)).Code.ShouldBe("session_revoked");
    }

    [Fact]
    public async Task Another_clients_application_is_as_unknown_as_one_that_never_was()
    {
        var ours = await _host.RegisterAsync();
        var theirs = await _host.RegisterAsync();
        var path = $"/api/applications/{theirs.ApplicationId}";

        (await _host.GetAsync(path, ours.Key)).Status.ShouldBe(404);
        (await _host.SendAsync(HttpMethod.Patch, path, ours.Key, """{"name":"x"}""")).Status.ShouldBe(404);
        (await _host.SendAsync(HttpMethod.Delete, path, ours.Key, body: null)).Status.ShouldBe(404);
    }
}
