using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Cluster;

/// <summary>Five processes as one product.</summary>
[Collection(ClusterRig.Collection)]
public sealed class ClusterTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private static readonly string[] SomePaths =
        ["/api/clients", "/api/tokens", "/api/conversations", "/api/messages", "/api/sync", "/api/presence"];

    private static readonly string[] Engines = ["documents", "counters", "realtime", "events", "schemas"];

    private readonly ClusterRig _rig = cluster.Rig;

    [Fact]
    public async Task The_gateway_describes_the_whole_api_whichever_process_serves_it()
    {
        var document = (await new ApiClient(_rig.Gateway).GetAsync("/openapi/v1.json")).ShouldBe(HttpStatusCode.OK);

        var paths = document["paths"].EnumerateObject().Select(path => path.Name).ToList();
        SomePaths.ShouldBeSubsetOf(paths, StringComparer.Ordinal);
        document["components"].GetProperty("schemas").EnumerateObject().ShouldContain(schema => schema.Name == "Message");
        foreach (var path in paths.Where(path => path.StartsWith("/api/", StringComparison.Ordinal) && !path.Contains('{', StringComparison.Ordinal)))
        {
            (await new ApiClient(_rig.Gateway).SendAsync(HttpMethod.Options, path)).Status.ShouldNotBe(HttpStatusCode.NotFound, path);
        }
    }

    [Fact]
    public async Task What_is_sent_on_either_side_reaches_the_sockets_of_both_nodes_in_one_order()
    {
        var tenant = await _rig.RegisterAsync();
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");
        await using var first = await ann.At(_rig.Messaging[0].Url).ConnectAsync();
        await using var second = await ben.At(_rig.Messaging[1].Url).ConnectAsync();

        for (var number = 0; number < 20; number++)
        {
            await (number % 2 == 0 ? ann.At(_rig.Messaging[0].Url) : ben).SendAsync(conversation, $"message {number}");
        }

        foreach (var socket in new[] { first, second })
        {
            await socket.WaitForMessageAsync("message 19");
            socket.Events.Where(e => e.Name == "message.sent")
                .Select(e => e.Argument.GetProperty("data").GetProperty("message").GetProperty("text").GetString())
                .ShouldBe(Enumerable.Range(0, 20).Select(number => $"message {number}"));
        }
    }

    [Fact]
    public async Task A_hundred_parallel_sends_with_one_id_through_both_nodes_are_one_message()
    {
        var tenant = await _rig.RegisterAsync();
        var ann = await tenant.AddPersonAsync("ann");
        var conversation = await ann.CreateGroupAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(number =>
            ann.At(_rig.Messaging[number % 2].Url).TrySendAsync(conversation, "the one", "Hello")));

        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(99);
        answers.Select(answer => answer["id"].GetString()).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        (await ann.ReadHistoryAsync(conversation)).ShouldHaveSingleItem();
        (await ann.At(_rig.Messaging[1].Url).TrySendAsync(conversation, "the one", "Something else"))
            .ShouldBeRefused(409, "client_message_id_reused");
    }

    [Fact]
    public async Task What_is_revoked_is_refused_by_every_process_in_time_and_its_sockets_are_closed()
    {
        var tenant = await _rig.RegisterAsync();
        var ann = await tenant.AddPersonAsync("ann");
        await using var first = await ann.At(_rig.Messaging[0].Url).ConnectAsync();
        await using var second = await ann.At(_rig.Messaging[1].Url).ConnectAsync();
        var began = Stopwatch.GetTimestamp();

        (await tenant.Key.PostAsync("/api/tokens/revoke", new { userId = "ann" })).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent);

        foreach (var address in new[] { _rig.Gateway, _rig.Messaging[0].Url, _rig.Messaging[1].Url })
        {
            await Poll.UntilAsync(
                async () => (await ann.At(address).Api.GetAsync("/api/unread")).Status == HttpStatusCode.Unauthorized, "the token is refused");
        }

        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        foreach (var socket in new[] { first, second })
        {
            (await socket.WaitForAsync("session.ended")).GetProperty("reason").GetString().ShouldBe("revoked");
            await socket.WaitForCloseAsync();
        }
    }

    [Fact]
    public async Task A_rotation_of_the_signing_key_fails_no_request_and_no_socket_of_any_process()
    {
        var tenant = await _rig.RegisterAsync();
        var before = await tenant.AddPersonAsync("before");
        (await new ApiClient(_rig.Gateway, _rig.PlatformKey).PostAsync("/api/platform/signing-keys/rotate", new { })).ShouldBe(HttpStatusCode.OK);

        var after = before;
        await Poll.UntilAsync(
            async () =>
            {
                after = await tenant.AddPersonAsync("after");
                foreach (var address in new[] { _rig.Gateway, _rig.Messaging[0].Url, _rig.Messaging[1].Url })
                {
                    (await before.At(address).Api.GetAsync("/api/unread")).ShouldBe(HttpStatusCode.OK);
                    (await after.At(address).Api.GetAsync("/api/unread")).ShouldBe(HttpStatusCode.OK);
                    await using var socket = await after.At(address).ConnectAsync();
                }

                return KeyOf(after.Token) != KeyOf(before.Token);
            },
            "the new key signs");

        var published = (await new ApiClient(_rig.Gateway).GetAsync("/.well-known/jwks.json")).ShouldBe(HttpStatusCode.OK);
        string[] both = [KeyOf(before.Token), KeyOf(after.Token)];
        both.ShouldBeSubsetOf(published["keys"].EnumerateArray().Select(key => key.GetProperty("kid").GetString()!), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Who_is_connected_to_one_node_is_online_for_the_other()
    {
        var tenant = await _rig.RegisterAsync();
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        await ann.CreateGroupAsync("ben");

        await using var socket = await ann.At(_rig.Messaging[0].Url).ConnectAsync();

        var seen = (await ben.At(_rig.Messaging[1].Url).Api.GetAsync("/api/presence?userIds=ann")).ShouldBe(HttpStatusCode.OK);
        seen["items"][0].GetProperty("status").GetString().ShouldBe("online");
    }

    [Fact]
    public async Task A_socket_that_polls_through_the_gateway_stays_with_its_node()
    {
        for (var session = 0; session < 4; session++)
        {
            var open = await new ApiClient(_rig.Gateway).GetAsync("/socket.io/?EIO=4&transport=polling");
            var sid = JsonElement.Parse(open.ShouldBe(HttpStatusCode.OK).Text.AsSpan(1)).GetProperty("sid").GetString();
            for (var post = 0; post < 3; post++)
            {
                (await new ApiClient(_rig.Gateway).PostRawAsync($"/socket.io/?EIO=4&transport=polling&sid={sid}", "6", "text/plain"))
                    .Status.ShouldBe(HttpStatusCode.OK);
            }
        }
    }

    [Fact]
    public async Task What_belongs_to_nobody_is_refused_by_the_gateway_and_a_credential_by_its_owner()
    {
        (await new ApiClient(_rig.Gateway).GetAsync("/api/nothing")).Status.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.NotFound);
        (await new ApiClient(_rig.Gateway).GetAsync("/api/unread")).ShouldBeRefused(401, "unauthenticated");
        (await new ApiClient(_rig.Gateway, "no.token.atall").GetAsync("/api/unread")).ShouldBeRefused(401, "invalid_credential");
    }

    [Fact]
    public async Task What_both_processes_say_of_an_answer_is_said_once()
    {
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new Uri(_rig.Gateway, "/api/unread"), SocketIOHost.Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.Where(header => header.Value.Count() > 1).Select(header => header.Key).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_process_names_its_engines_in_its_health()
    {
        var gateway = (await new ApiClient(_rig.Gateway).GetAsync("/health")).ShouldBe(HttpStatusCode.OK);
        var consumers = (await new ApiClient(_rig.Consumers[0].Url).GetAsync("/health")).ShouldBe(HttpStatusCode.OK);

        foreach (var health in new[] { gateway, consumers })
        {
            Engines.ShouldBeSubsetOf(health["checks"].EnumerateObject().Select(check => check.Name), StringComparer.Ordinal);
        }
    }

    private static string KeyOf(string token) =>
        JsonElement.Parse(Base64Url.DecodeFromChars(token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal)))).GetProperty("kid").GetString()!;
}
