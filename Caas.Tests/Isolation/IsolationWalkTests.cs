using Caas.Messaging.Realtime;
using Caas.Tests.Gateway;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Isolation;

/// <summary>
/// Promise P6: every endpoint that the host maps and every command that its sockets know, every kind of foreign id, every
/// kind of stranger. Nothing is read, nothing is changed, and the answer is the one to a random id.
/// </summary>
public sealed class IsolationWalkTests : IAsyncLifetime
{
    private GatewayHost _host = null!;
    private Victim _victim = null!;
    private TestClient _other = null!;
    private List<Trespasser> _trespassers = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync(
            clock: null, "--Caas:Limits:PerUserPerMinute", "0", "--Caas:Limits:PerKeyPerMinute", "0");
        _other = await _host.RegisterAsync("Other");
        _victim = await Victim.MakeAsync(_host);
        var mallory = await _host.SignInAsync(_other, "mallory");
        var namesake = await _host.SignInAsync(_other, "ann");
        await _host.SignInAsync(_other, "zoe");
        _trespassers =
        [
            new Trespasser("another client's API key", _other.Key, "mallory"),
            new Trespasser("another client's API key for a user whom both have", _other.Key, "ann") { ActsFor = "ann" },
            new Trespasser("another client's user", mallory.Access, "mallory"),
            new Trespasser("another client's user of the same name", namesake.Access, "ann"),
            new Trespasser("a user of the client who is no member", _victim.Ned.Access, "ned") { SameClient = true },
            new Trespasser("a user who was a member", _victim.Eve.Access, "eve") { SameClient = true, WasMember = true },
        ];
        foreach (var trespasser in _trespassers)
        {
            await trespasser.SettleAsync(_host);
            if (trespasser.Credential != _other.Key)
            {
                await trespasser.ConnectAsync(_host);
            }
        }

        // Eve is connected when she goes.
        await _victim.RemoveEveAsync();
        await _trespassers[^1].Socket!.WaitForAsync("member.removed");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var trespasser in _trespassers.Where(trespasser => trespasser.Socket is not null))
        {
            await trespasser.Socket!.DisposeAsync();
        }

        await _host.DisposeAsync();
    }

    [Fact]
    public void The_walk_forgets_no_endpoint_and_no_command()
    {
        Coverage.Gaps(Endpoints(), EndpointProbes.Table).ShouldBeEmpty();
        Coverage.Gaps(Commands(), CommandProbes.Table).ShouldBeEmpty();
    }

    [Fact]
    public void An_endpoint_or_command_without_an_entry_is_named()
    {
        Coverage.Gaps([.. Endpoints(), "GET /api/secrets/{secretId}"], EndpointProbes.Table)
            .ShouldBe(["has no entry: GET /api/secrets/{secretId}"]);
        Coverage.Gaps([.. Commands(), "secret.read"], CommandProbes.Table).ShouldBe(["has no entry: secret.read"]);
        Coverage.Gaps(Commands().Where(name => name != "typing.stop"), CommandProbes.Table).ShouldBe(["is no more: typing.stop"]);
    }

    [Fact]
    public async Task No_endpoint_shows_or_changes_what_is_anothers_or_tells_it_from_what_never_was()
    {
        var walk = new Walk(_host, _victim);
        foreach (var (name, entry) in EndpointProbes.Table)
        {
            await walk.AskAsync(name, entry, _trespassers);
        }

        string.Join('\n', walk.Findings).ShouldBeEmpty();
        walk.Asked.ShouldBeGreaterThan(300);
        var before = await _victim.LookAsync();
        (await _host.SendAsync(HttpMethod.Delete, "/api/clients/me", _other.Key, body: null)).Status.ShouldBe(204);
        (await _victim.LookAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task No_command_shows_or_changes_what_is_anothers_or_tells_it_from_what_never_was()
    {
        var walk = new Walk(_host, _victim);
        var connected = _trespassers.Where(trespasser => trespasser.Socket is not null).ToList();
        foreach (var (name, entry) in CommandProbes.Table)
        {
            await walk.AskAsync(name, entry, connected);
        }

        string.Join('\n', walk.Findings).ShouldBeEmpty();
        walk.Asked.ShouldBeGreaterThan(60);
    }

    [Fact]
    public async Task The_walk_finds_one_who_reads_and_one_who_changes()
    {
        var ben = new Trespasser("a member", _victim.Ben.Access, "ben") { SameClient = true };
        await ben.SettleAsync(_host);
        var walk = new Walk(_host, _victim);
        await AskAsync("GET /api/conversations/{conversationId}");
        await AskAsync("DELETE /api/messages/{messageId}/reactions/{emoji}");

        walk.Findings.ShouldContain(finding => finding.Contains(" read " + Victim.Canary, StringComparison.Ordinal));
        walk.Findings.ShouldContain(finding => finding.Contains("tells a foreign id from a random one", StringComparison.Ordinal));
        walk.Findings.ShouldContain(finding => finding.Contains(" changed /api/messages/", StringComparison.Ordinal));

        Task AskAsync(string name) => walk.AskAsync(name, EndpointProbes.Table[name], [ben]);
    }

    [Fact]
    public async Task A_socket_of_a_stranger_gets_nothing_while_the_conversation_is_busy()
    {
        await using var bens = await Support.ChatSocket.ConnectAsync(_host.Address, _victim.Ben.Access);
        await bens.WaitForAsync("session.ready");
        await bens.EmitAsync("presence.subscribe", new { userIds = (List<string>)["ann"] });
        var connected = _trespassers.Where(trespasser => trespasser.Socket is not null).ToList();
        var seen = connected.ToDictionary(trespasser => trespasser.Name, trespasser => trespasser.Socket!.Events.Count, StringComparer.Ordinal);

        await connected.Single(trespasser => trespasser.UserId == "ann").Socket!.EmitAsync("presence.set", new { status = "away" });
        await bens.EmitAsync("typing.start", new { conversationId = _victim.Conversation });
        var last = await _victim.BeBusyAsync();
        await bens.WaitForMessageAsync(last);

        foreach (var stranger in connected)
        {
            var fence = $"fence {stranger.Name}";
            await stranger.Socket!.EmitAsync(
                "message.send", new { conversationId = stranger.Conversation, clientMessageId = fence, text = fence });
            await stranger.Socket.WaitForMessageAsync(fence);
            var got = stranger.Socket.Events.Skip(seen[stranger.Name]).ToList();
            got.Select(e => e.Name).ShouldBe(got.Select(_ => "message.sent"), stranger.Name);
            got.ShouldAllBe(e => e.Argument.GetProperty("conversationId").GetString() == stranger.Conversation);
        }

        bens.Events.ShouldNotContain(e => e.Name == "presence.changed");
    }

    [Fact]
    public async Task A_socket_does_not_become_another_users_by_their_token()
    {
        var ned = _trespassers.Single(trespasser => trespasser.UserId == "ned").Socket!;

        var refused = await ned.EmitAsync("token.refresh", new { token = _victim.Ann.Access });

        refused.GetProperty("error").GetProperty("code").GetString().ShouldBe("invalid_credential");
        var read = await ned.EmitAsync("read.mark", new { conversationId = _victim.Conversation, sequence = 1 });
        read.GetProperty("error").GetProperty("code").GetString().ShouldBe("not_found");
    }

    [Fact]
    public async Task One_who_was_a_member_gets_their_time_and_nothing_after_it()
    {
        await _victim.BeBusyAsync();

        var synced = await _host.PostAsync(
            "/api/sync", _victim.Eve.Access, $$$"""{"conversations":{"{{{_victim.Conversation}}}":6}}""");

        var changes = synced.Json.GetProperty("changes").EnumerateArray().ToList();
        changes[^1].GetProperty("type").GetString().ShouldBe("member.removed");
        changes[^1].GetProperty("data").GetProperty("member").GetProperty("userId").GetString().ShouldBe("eve");
        synced.Text.ShouldNotContain("busy");
        synced.Text.ShouldNotContain($"{Victim.Canary} last");
    }

    private IEnumerable<string> Commands() => _host.Services.GetRequiredService<SocketCommands>().Names;

    // The pages of the reference and the demo are files: they take nothing and tell of nobody.
    private IEnumerable<string> Endpoints() =>
        from endpoint in _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let route = endpoint.RoutePattern.RawText!
        where !IsPage(route)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"]
        select $"{method} {(route.Length > 1 ? route.TrimEnd('/') : route)}";

    private static bool IsPage(string route) => route.TrimStart('/').Split('/')[0] is "demo" or "docs" or "openapi" or "scalar";
}
