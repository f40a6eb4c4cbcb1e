using System.Net;
using Caas.Tests.Support;

namespace Caas.Tests.EndToEnd;

/// <summary>The product over Socket.IO.</summary>
public sealed class SocketTests(CaasHost host)
{
    [Theory]
    [InlineData(null, "unauthenticated")]
    [InlineData("nonsense", "invalid_credential")]
    public async Task A_refused_connection_says_why_in_problem_details(string? token, string code)
    {
        var url = (await host.StartAsync()).Url;

        var refused = await Should.ThrowAsync<SocketRefusedException>(() => ChatSocket.ConnectAsync(url, token));

        refused.Error.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        Problems.ShouldBeProblem(refused.Error.GetProperty("data"), 401, code);
    }

    [Fact]
    public async Task An_api_key_is_no_access_token()
    {
        var url = (await host.StartAsync()).Url;
        var tenant = await Tenant.RegisterAsync(url);

        var refused = await Should.ThrowAsync<SocketRefusedException>(() => ChatSocket.ConnectAsync(url, tenant.Secret));

        refused.Error.GetProperty("data").GetProperty("status").GetInt32().ShouldBe(401);
    }

    [Fact]
    public async Task A_ready_session_says_whose_it_is_and_until_when()
    {
        var ann = await (await Tenant.RegisterAsync((await host.StartAsync()).Url)).AddPersonAsync("ann");

        await using var socket = await ann.ConnectAsync();

        var ready = await socket.WaitForAsync("session.ready");
        ready.GetProperty("userId").GetString().ShouldBe("ann");
        ready.GetProperty("deviceId").GetString().ShouldBe(ann.Minted.GetProperty("deviceId").GetString());
        ready.GetProperty("sessionId").GetString().ShouldBe(ann.Minted.GetProperty("sessionId").GetString());
        ready.GetProperty("expiresAt").GetDateTimeOffset().ShouldBeGreaterThan(ready.GetProperty("serverTime").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_command_is_refused_with_the_same_problem_as_over_http()
    {
        var ann = await (await Tenant.RegisterAsync((await host.StartAsync()).Url)).AddPersonAsync("ann");
        var conversation = await ann.CreateGroupAsync();
        await using var socket = await ann.ConnectAsync();
        object[] bodies =
        [
            new { conversationId = conversation, clientMessageId = "1" },
            new { conversationId = conversation, clientMessageId = "1", text = "a", mood = "good" },
            new { conversationId = "conv_01m876tr7me2bv28tg7fe3fkrb", clientMessageId = "1", text = "a" },
        ];

        foreach (var body in bodies)
        {
            var acknowledged = await socket.EmitAsync("message.send", body);
            var answer = await ann.Api.PostAsync("/api/messages", body);

            acknowledged.GetProperty("ok").GetBoolean().ShouldBeFalse();
            var error = acknowledged.GetProperty("error");
            Problems.ShouldBeProblem(error, (int)answer.Status, answer["code"].GetString()!);
            error.GetProperty("detail").GetString().ShouldBe(answer["detail"].GetString());
        }
    }

    [Fact]
    public async Task A_send_over_a_socket_and_its_repetition_over_http_are_one_message()
    {
        var ann = await (await Tenant.RegisterAsync((await host.StartAsync()).Url)).AddPersonAsync("ann");
        var conversation = await ann.CreateGroupAsync();
        await using var socket = await ann.ConnectAsync();

        var acknowledged = await socket.EmitAsync("message.send", new { conversationId = conversation, clientMessageId = "1", text = "a" });
        var answer = (await ann.TrySendAsync(conversation, "1", "a")).ShouldBe(HttpStatusCode.OK);

        answer["id"].GetString().ShouldBe(acknowledged.GetProperty("message").GetProperty("id").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_first_message_of_a_new_conversation_comes_live_to_a_socket_that_was_connected_before(bool senderToo)
    {
        var tenant = await Tenant.RegisterAsync((await host.StartAsync()).Url);
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        await using var annsSocket = senderToo ? await ann.ConnectAsync() : null;
        await using var socket = await ben.ConnectAsync();
        for (var number = 0; number < 20; number++)
        {
            // The send does not wait until the conversation has come to Ben's node.
            var conversation = await ann.CreateGroupAsync("ben");
            await ann.SendAsync(conversation, $"the first of {number}");

            var first = await socket.WaitForMessageAsync($"the first of {number}");

            first.GetProperty("conversationId").GetString().ShouldBe(conversation);
            first.GetProperty("data").GetProperty("message").GetProperty("sequence").GetInt64().ShouldBe(1);
        }

        socket.Events.ShouldNotContain(e => e.Name == "sync.required");
        socket.Events.Count(e => e.Name == "message.sent").ShouldBe(20);
    }

    [Fact]
    public async Task Every_device_of_every_member_gets_all_messages_in_one_order()
    {
        var tenant = await Tenant.RegisterAsync((await host.StartAsync()).Url);
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");
        await using var annsPhone = await ann.ConnectAsync();
        await using var bensPhone = await ben.ConnectAsync();
        await using var bensLaptop = await (await tenant.AddPersonAsync("ben")).ConnectAsync();

        await Task.WhenAll(Enumerable.Range(1, 30).Select(number => (number % 2 == 0 ? ann : ben).SendAsync(conversation, $"message {number}")));

        foreach (var device in new[] { annsPhone, bensPhone, bensLaptop })
        {
            await device.WaitForAsync("message.sent", envelope => envelope.GetProperty("data").GetProperty("message").GetProperty("sequence").GetInt64() == 30);
            device.Events
                .Where(e => e.Name == "message.sent")
                .Select(e => e.Argument.GetProperty("data").GetProperty("message").GetProperty("sequence").GetInt64())
                .ShouldBe(Enumerable.Range(1, 30).Select(number => (long)number));
        }
    }

    [Fact]
    public async Task The_client_from_npm_talks_to_the_product()
    {
        var tenant = await Tenant.RegisterAsync((await host.StartAsync()).Url);
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");

        await NodeProcess.RunAsync(
            Folder(), "talk.js", ann.Url.GetLeftPart(UriPartial.Authority), ann.Token, ben.Token, conversation);

        var texts = (await ben.ReadHistoryAsync(conversation)).Select(message => message.GetProperty("text").GetString());
        texts.ShouldBe(["Grüße aus Node 😀", "and back"]);
    }

    private static string Folder() => Repository.Folder("Caas.Tests", "EndToEnd", "node");
}
