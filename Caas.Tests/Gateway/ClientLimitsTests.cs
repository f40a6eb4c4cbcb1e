using System.Globalization;
using Caas.Domain.Clients;
using Caas.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Gateway;

/// <summary>The operator grants one client limits of its own.</summary>
public sealed class ClientLimitsTests : IAsyncLifetime
{
    private GatewayHost _host = null!;
    private TestClient _client = null!;
    private TestClient _other = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync(clock: null, "--Caas:Limits:PerUserPerMinute", "5", "--Caas:Limits:PerKeyPerMinute", "500");
        _client = await _host.RegisterAsync();
        _other = await _host.RegisterAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task What_is_granted_holds_at_once_and_for_this_client_alone()
    {
        var ann = await _host.SignInAsync(_client);
        var stranger = await _host.SignInAsync(_other);
        (await PolicyAsync(ann.Access)).ShouldBe("\"user\";q=5;w=60");

        var set = await PutAsync(_client.Id, """{"perUserPerMinute":7,"perKeyPerMinute":900}""");

        set.Status.ShouldBe(200, set.Text);
        set.Text.ShouldBe(
            """{"perUserPerMinute":7,"perKeyPerMinute":900,"effective":{"perUserPerMinute":7,"perKeyPerMinute":900}}""");
        (await ReadAsync(_client.Id)).Text.ShouldBe(set.Text);
        (await PolicyAsync(ann.Access)).ShouldBe("\"user\";q=7;w=60");
        (await PolicyAsync(_client.Key)).ShouldBe("\"key\";q=900;w=60");
        (await PolicyAsync(stranger.Access)).ShouldBe("\"user\";q=5;w=60");
        (await PolicyAsync(_other.Key)).ShouldBe("\"key\";q=500;w=60");
    }

    [Fact]
    public async Task What_is_left_out_is_the_deployments_again()
    {
        await PutAsync(_client.Id, """{"perUserPerMinute":7,"perKeyPerMinute":900}""");

        var set = await PutAsync(_client.Id, """{"perKeyPerMinute":800}""");

        set.Text.ShouldBe(
            """{"perUserPerMinute":null,"perKeyPerMinute":800,"effective":{"perUserPerMinute":5,"perKeyPerMinute":800}}""");
        (await PolicyAsync((await _host.SignInAsync(_client)).Access)).ShouldBe("\"user\";q=5;w=60");
    }

    [Fact]
    public async Task Commands_of_a_socket_count_by_the_clients_own_limit()
    {
        var ann = await _host.SignInAsync(_client);
        await PutAsync(_client.Id, """{"perUserPerMinute":3}""");
        await using var socket = await ChatSocket.ConnectAsync(_host.Address, ann.Access);
        await socket.WaitForAsync("session.ready");
        for (var number = 0; number < 3; number++)
        {
            (await socket.EmitAsync("presence.set", new { status = "away" })).GetProperty("ok").GetBoolean().ShouldBeTrue();
        }

        var refused = await socket.EmitAsync("presence.set", new { status = "away" });
        refused.GetProperty("error").GetProperty("code").GetString().ShouldBe("rate_limited");
        refused.GetProperty("error").GetProperty("detail").GetString().ShouldBe("The limit is 3 a minute.");

        await PutAsync(_client.Id, """{"perUserPerMinute":0}""");
        for (var number = 0; number < 20; number++)
        {
            (await socket.EmitAsync("presence.set", new { status = "online" })).GetProperty("ok").GetBoolean().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Another_node_learns_of_it_within_a_second()
    {
        var ann = await _host.SignInAsync(_client);
        await PolicyAsync(ann.Access);

        // As the operator's request to another node would: past this one's memory.
        var clients = _host.Services.GetRequiredService<IClientStore>();
        (await clients.SetLimitsAsync(
            Domain.Ids.TypeId.TryParse<Domain.Ids.ClientId>(_client.Id, out var id) ? id : default,
            new ClientLimits(0, null),
            GatewayHost.Ct)).ShouldBeTrue();

        using var second = CancellationTokenSource.CreateLinkedTokenSource(GatewayHost.Ct);
        second.CancelAfter(TimeSpan.FromSeconds(5));
        Answer answer;
        do
        {
            second.Token.ThrowIfCancellationRequested();
            answer = await _host.GetAsync("/api/unread", ann.Access);
        }
        while (answer.Header("RateLimit-Policy") is not null);
    }

    [Theory]
    [InlineData("""{"perUserPerMinute":-1}""", 422, "validation_failed")]
    [InlineData("""{"perKeyPerMinute":-1}""", 422, "validation_failed")]
    [InlineData("""{"perIpPerMinute":1}""", 422, "unknown_field")]
    public async Task What_makes_no_sense_is_refused(string body, int status, string code)
    {
        var answer = await PutAsync(_client.Id, body);

        answer.Status.ShouldBe(status);
        answer.Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_client_that_is_not_there_has_no_limits()
    {
        foreach (var id in (string[])["client_01m876tr7me2bv28tg7fe3fkrb", "nonsense"])
        {
            (await ReadAsync(id)).Code.ShouldBe("not_found");
            (await PutAsync(id, "{}")).Code.ShouldBe("not_found");
        }

        (await _host.SendAsync(HttpMethod.Delete, "/api/clients/me", _other.Key, body: null)).Status.ShouldBe(204);
        (await ReadAsync(_other.Id)).Code.ShouldBe("not_found");
        (await PutAsync(_other.Id, "{}")).Code.ShouldBe("not_found");
    }

    private async Task<string?> PolicyAsync(string credential)
    {
        var answer = await _host.GetAsync("/api/conversations?limit=1", credential);
        answer.Status.ShouldBeOneOf(200, 422);
        return answer.Header("RateLimit-Policy");
    }

    private Task<Answer> ReadAsync(string client) => _host.GetAsync(Path(client), GatewayHost.PlatformKey);

    private Task<Answer> PutAsync(string client, string body) =>
        _host.SendAsync(HttpMethod.Put, Path(client), GatewayHost.PlatformKey, body);

    private static string Path(string client) =>
        string.Create(CultureInfo.InvariantCulture, $"/api/platform/clients/{client}/limits");
}
