using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Http.Credentials;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Gateway;

public sealed class SigningKeyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly TokensOptions _options = new() { SigningKeyLifetime = TimeSpan.FromHours(1) };
    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync(_clock);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_new_key_is_published_before_it_signs_and_the_old_one_until_its_last_token_has_ended()
    {
        using var ring = Ring();
        var old = await ring.GetSignerAsync(GatewayHost.Ct);
        var made = await ring.RotateAsync(GatewayHost.Ct);

        (await PublishedAsync(ring)).ShouldBe([old.Key.Id, made.Id]);
        (await ring.GetSignerAsync(GatewayHost.Ct)).Key.Id.ShouldBe(old.Key.Id);

        _clock.Advance(_options.SigningKeyLeadTime);
        (await ring.GetSignerAsync(GatewayHost.Ct)).Key.Id.ShouldBe(made.Id);

        _clock.Advance(_options.AccessLifetime);
        (await PublishedAsync(ring)).ShouldBe([old.Key.Id, made.Id]);

        // A node may have signed with the old key until it read of the new one.
        _clock.Advance(SigningKeyRing.MaxAge);
        (await PublishedAsync(ring)).ShouldBe([made.Id]);
    }

    [Fact]
    public async Task Of_two_nodes_whose_key_ends_at_the_same_time_one_makes_the_next()
    {
        using var first = Ring();
        using var second = Ring();
        var old = await first.GetSignerAsync(GatewayHost.Ct);
        (await second.GetSignerAsync(GatewayHost.Ct)).Key.Id.ShouldBe(old.Key.Id);
        _clock.Advance(_options.SigningKeyLifetime);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            (i % 2 == 0 ? first : second).RotateWhenDueAsync(GatewayHost.Ct).AsTask()));

        (await PublishedAsync(first)).Count.ShouldBe(2);
        (await PublishedAsync(first)).ShouldBe(await PublishedAsync(second));
    }

    [Fact]
    public async Task A_node_knows_the_key_of_another_at_once_even_if_nobody_waited_for_it()
    {
        _options.SigningKeyLeadTime = TimeSpan.Zero;
        using var first = Ring();
        using var second = Ring();
        await second.GetSignerAsync(GatewayHost.Ct);
        _clock.Advance(TimeSpan.FromSeconds(1));

        var made = await first.RotateAsync(GatewayHost.Ct);

        (await second.FindAsync(made.Id, GatewayHost.Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_operator_rotates_and_sees_no_private_part()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.SignInAsync(await host.RegisterAsync());

        var rotated = await host.PostAsync("/api/platform/signing-keys/rotate", GatewayHost.PlatformKey, "{}");
        var listed = await host.GetAsync("/api/platform/signing-keys", GatewayHost.PlatformKey);

        rotated.Status.ShouldBe(200);
        rotated.Json.GetProperty("state").GetString().ShouldBe("next");
        var states = listed.Json.GetProperty("items").EnumerateArray().Select(key => key.GetProperty("state").GetString());
        states.ShouldBe(["signing", "next"]);
        listed.Json.GetProperty("items")[0].EnumerateObject().Select(member => member.Name)
            .ShouldBe(["id", "algorithm", "state", "createdAt", "signsFrom", "retiresAt"]);
        var published = await host.GetAsync("/.well-known/jwks.json", credential: null);
        published.Json.GetProperty("keys").GetArrayLength().ShouldBe(2);
        published.Text.ShouldNotContain("\"d\"");
    }

    [Fact]
    public async Task Under_load_no_request_fails_while_keys_rotate()
    {
        await using var host = await GatewayHost.StartAsync(clock: null, "--Caas:Tokens:SigningKeyLeadTime", "00:00:00");
        var client = await host.RegisterAsync();
        var session = await host.SignInAsync(client);
        using var load = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 4).Select(_ => CallAsync(host, client, load.Token)).ToList();

        for (var i = 0; i < 10; i++)
        {
            (await host.PostAsync("/api/platform/signing-keys/rotate", GatewayHost.PlatformKey, "{}")).Status.ShouldBe(200);
            (await host.GetAsync("/api/sessions", session.Access)).Status.ShouldBe(200);
        }

        await load.CancelAsync();
        var counts = await Task.WhenAll(callers);
        counts.ShouldAllBe(count => count > 0);
    }

    // Mints and uses a token, again and again; any refusal ends the test.
    private static async Task<int> CallAsync(GatewayHost host, TestClient client, CancellationToken until)
    {
        var count = 0;
        while (!until.IsCancellationRequested)
        {
            var minted = await host.PostAsync("/api/tokens", client.Key, """{"userId":"ann"}""");
            minted.Status.ShouldBe(201, minted.Text);
            var used = await host.GetAsync("/api/sessions?limit=1", TestTokens.Of(minted.Json).Access);
            used.Status.ShouldBe(200, used.Text);
            count++;
        }

        return count;
    }

    private SigningKeyRing Ring() => new(
        _host.Services.GetRequiredService<ISigningKeyStore>(), _host.Services.GetRequiredService<IIdSource>(), _clock, _options);

    private async Task<List<string>> PublishedAsync(SigningKeyRing ring)
    {
        _clock.Advance(SigningKeyRing.MaxAge / 1000);
        return [.. (await ring.ListAsync(GatewayHost.Ct)).Select(key => key.Key.Id)];
    }
}
