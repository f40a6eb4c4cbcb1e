using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Gateway;

/// <summary>Rotation and reuse (API.md section 2), against the whole product with a clock of its own.</summary>
public sealed class RefreshTokenTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private GatewayHost _host = null!;
    private TestClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync(_clock, "--Caas:Tokens:RefreshLifetime", "01:00:00");
        _client = await _host.RegisterAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_refresh_gives_new_tokens_of_the_same_session_and_device()
    {
        var first = await _host.SignInAsync(_client);

        var answer = await _host.RefreshAsync(first.Refresh);

        answer.Status.ShouldBe(200);
        var second = TestTokens.Of(answer.Json);
        second.SessionId.ShouldBe(first.SessionId);
        second.DeviceId.ShouldBe(first.DeviceId);
        second.Refresh.ShouldNotBe(first.Refresh);
        second.Access.ShouldNotBe(first.Access);
        (await _host.GetAsync("/api/sessions", second.Access)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_lost_answer_is_given_again_within_the_window()
    {
        var first = await _host.SignInAsync(_client);
        var second = TestTokens.Of((await _host.RefreshAsync(first.Refresh)).Json);
        _clock.Advance(TimeSpan.FromSeconds(10));

        var again = await _host.RefreshAsync(first.Refresh);

        again.Status.ShouldBe(200);
        TestTokens.Of(again.Json).Refresh.ShouldBe(second.Refresh);
        (await _host.RefreshAsync(second.Refresh)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_used_token_after_the_window_ends_the_session()
    {
        var first = await _host.SignInAsync(_client);
        var second = TestTokens.Of((await _host.RefreshAsync(first.Refresh)).Json);
        _clock.Advance(TimeSpan.FromSeconds(10) + TimeSpan.FromMilliseconds(1));

        var reuse = await _host.RefreshAsync(first.Refresh);

        reuse.Status.ShouldBe(401);
        reuse.Code.ShouldBe("session_revoked");
        reuse.Header("WWW-Authenticate").ShouldNotBeNull();
        (await _host.RefreshAsync(second.Refresh)).Code.ShouldBe("session_revoked");
        (await _host.GetAsync("/api/sessions", second.Access)).Code.ShouldBe("session_revoked");
    }

    [Fact]
    public async Task A_used_token_ends_the_session_even_within_the_window_once_its_successor_was_used()
    {
        var first = await _host.SignInAsync(_client);
        var second = TestTokens.Of((await _host.RefreshAsync(first.Refresh)).Json);
        var third = TestTokens.Of((await _host.RefreshAsync(second.Refresh)).Json);

        (await _host.RefreshAsync(first.Refresh)).Code.ShouldBe("session_revoked");

        (await _host.RefreshAsync(third.Refresh)).Code.ShouldBe("session_revoked");
    }

    [Fact]
    public async Task The_theft_of_one_session_leaves_the_others_of_the_user_alone()
    {
        var stolen = await _host.SignInAsync(_client);
        var other = await _host.SignInAsync(_client);
        var second = TestTokens.Of((await _host.RefreshAsync(stolen.Refresh)).Json);
        await _host.RefreshAsync(second.Refresh);

        (await _host.RefreshAsync(stolen.Refresh)).Code.ShouldBe("session_revoked");

        (await _host.GetAsync("/api/sessions", other.Access)).Status.ShouldBe(200);
        (await _host.RefreshAsync(other.Refresh)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Of_parallel_refreshes_all_get_the_same_successor()
    {
        var first = await _host.SignInAsync(_client);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _host.RefreshAsync(first.Refresh)));

        answers.ShouldAllBe(answer => answer.Status == 200);
        answers.Select(answer => TestTokens.Of(answer.Json).Refresh).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_session_ends_at_its_time_however_often_it_was_refreshed()
    {
        var first = await _host.SignInAsync(_client);
        var second = TestTokens.Of((await _host.RefreshAsync(first.Refresh)).Json);
        _clock.Advance(TimeSpan.FromHours(1));

        (await _host.RefreshAsync(second.Refresh)).Code.ShouldBe("credential_expired");
    }

    [Fact]
    public async Task The_last_access_token_does_not_outlive_its_session()
    {
        var first = await _host.SignInAsync(_client);
        _clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMinutes(5));

        var answer = await _host.RefreshAsync(first.Refresh);

        answer.Json.GetProperty("expiresAt").GetString().ShouldBe(answer.Json.GetProperty("refreshExpiresAt").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("caas_rt_x")]
    [InlineData("caas_rt_00000000000000000000000000000000_00000000000000000000000000000000_1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_was_not_issued_here_is_no_refresh_token(string made)
    {
        var answer = await _host.RefreshAsync(made);

        answer.Code.ShouldBe(made.Length == 0 ? "validation_failed" : "invalid_credential");
    }

    [Fact]
    public async Task An_altered_generation_is_no_refresh_token()
    {
        var first = await _host.SignInAsync(_client);

        (await _host.RefreshAsync(first.Refresh.Replace("_1_", "_2_", StringComparison.Ordinal))).Code
            .ShouldBe("invalid_credential");

        (await _host.RefreshAsync(first.Refresh)).Status.ShouldBe(200);
    }
}
