using System.Diagnostics.Metrics;
using Caas.Domain.Tokens;
using Caas.Http;
using Caas.Http.Credentials;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caas.Tests.Gateway;

[Collection(nameof(GatewayCollection))]
public sealed class RevocationTests(SharedGateway shared)
{
    private readonly GatewayHost _host = shared.Host;

    [Fact]
    public async Task A_user_ends_their_own_session_and_the_next_request_is_refused()
    {
        var client = await _host.RegisterAsync();
        var tokens = await _host.SignInAsync(client);

        var answer = await _host.PostAsync("/api/tokens/revoke", tokens.Access, $$"""{"sessionId":"{{tokens.SessionId}}"}""");

        answer.Status.ShouldBe(200);
        answer.Json.GetProperty("revoked").GetInt32().ShouldBe(1);
        var refused = await _host.GetAsync("/api/sessions", tokens.Access);
        refused.Status.ShouldBe(401);
        refused.Code.ShouldBe("session_revoked");
        (await _host.RefreshAsync(tokens.Refresh)).Code.ShouldBe("session_revoked");
    }

    [Fact]
    public async Task A_device_ends_with_all_its_sessions_and_no_other()
    {
        var client = await _host.RegisterAsync();
        var phone = await _host.SignInAsync(client);
        var laptop = await _host.SignInAsync(client);

        await _host.PostAsync("/api/tokens/revoke", laptop.Access, $$"""{"deviceId":"{{phone.DeviceId}}"}""");

        (await _host.GetAsync("/api/sessions", phone.Access)).Code.ShouldBe("session_revoked");
        (await _host.GetAsync("/api/sessions", laptop.Access)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task All_sessions_of_a_user_end_and_a_new_sign_in_is_good_at_once()
    {
        var client = await _host.RegisterAsync();
        var phone = await _host.SignInAsync(client);
        var laptop = await _host.SignInAsync(client);

        var answer = await _host.PostAsync("/api/tokens/revoke", client.Key, """{"userId":"ann","all":true}""");

        answer.Json.GetProperty("revoked").GetInt32().ShouldBe(2);
        (await _host.GetAsync("/api/sessions", phone.Access)).Code.ShouldBe("session_revoked");
        (await _host.RefreshAsync(laptop.Refresh)).Code.ShouldBe("session_revoked");
        var again = await _host.SignInAsync(client);
        (await _host.GetAsync("/api/sessions", again.Access)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Nobody_ends_or_lists_what_is_another_users()
    {
        var client = await _host.RegisterAsync();
        var ann = await _host.SignInAsync(client, "ann");
        var bob = await _host.SignInAsync(client, "bob");

        (await _host.PostAsync("/api/tokens/revoke", bob.Access, $$"""{"sessionId":"{{ann.SessionId}}"}""")).Status.ShouldBe(404);
        (await _host.PostAsync("/api/tokens/revoke", bob.Access, """{"userId":"ann","all":true}""")).Status.ShouldBe(404);
        (await _host.GetAsync("/api/sessions?userId=ann", bob.Access)).Status.ShouldBe(404);

        (await _host.GetAsync("/api/sessions", ann.Access)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Another_clients_session_is_as_unknown_as_one_that_never_was()
    {
        var ours = await _host.RegisterAsync();
        var theirs = await _host.RegisterAsync();
        var tokens = await _host.SignInAsync(ours);

        var foreign = await _host.PostAsync("/api/tokens/revoke", theirs.Key, $$"""{"sessionId":"{{tokens.SessionId}}"}""");

        foreign.Status.ShouldBe(404);
        (await _host.GetAsync("/api/sessions", tokens.Access)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"all":false}""")]
    [InlineData("""{"all":true}""")]
    [InlineData("""{"deviceId":"device_01kb0hqv8wf2t9y3rm5x6z7a1c"}""")]
    [InlineData("""{"sessionId":"session_01kb0hqv8wf2t9y3rm5x6z7a1c","all":true}""")]
    [InlineData("""{"sessionId":"nonsense"}""")]
    public async Task A_key_must_say_what_ends_and_whose(string body)
    {
        var client = await _host.RegisterAsync();

        (await _host.PostAsync("/api/tokens/revoke", client.Key, body)).Code.ShouldBe("validation_failed");
    }

    [Fact]
    public async Task Sessions_are_listed_in_pages_until_they_end()
    {
        var client = await _host.RegisterAsync();
        var first = await _host.SignInAsync(client);
        var second = await _host.SignInAsync(client);

        var page = await _host.GetAsync("/api/sessions?userId=ann&limit=1", client.Key);
        var cursor = page.Json.GetProperty("nextCursor").GetString();
        var next = await _host.GetAsync($"/api/sessions?userId=ann&limit=1&cursor={cursor}", client.Key);

        page.Json.GetProperty("items")[0].GetProperty("id").GetString().ShouldBe(first.SessionId);
        next.Json.GetProperty("items")[0].GetProperty("id").GetString().ShouldBe(second.SessionId);
        (await _host.GetAsync("/api/sessions", client.Key)).Code.ShouldBe("user_required");
        await _host.PostAsync("/api/tokens/revoke", client.Key, $$"""{"sessionId":"{{first.SessionId}}"}""");
        (await _host.GetAsync("/api/sessions?userId=ann", client.Key)).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Another_node_learns_of_a_revocation_within_a_second()
    {
        var client = await _host.RegisterAsync();
        var tokens = await _host.SignInAsync(client);
        using var otherNode = new Revocations(
            _host.Services.GetRequiredService<IRevocationLog>(),
            TimeProvider.System,
            new TokensOptions(),
            new HttpMetrics(_host.Services.GetRequiredService<IMeterFactory>()),
            NullLogger<Revocations>.Instance);
        await otherNode.StartAsync(GatewayHost.Ct);
        var learned = new TaskCompletionSource();
        otherNode.OnAdded(revocation =>
        {
            if (revocation.Subject == tokens.SessionId)
            {
                learned.TrySetResult();
            }
        });

        await _host.PostAsync("/api/tokens/revoke", tokens.Access, $$"""{"sessionId":"{{tokens.SessionId}}"}""");

        await learned.Task.WaitAsync(TimeSpan.FromSeconds(1), GatewayHost.Ct);
        await otherNode.StopAsync(CancellationToken.None);
    }
}
