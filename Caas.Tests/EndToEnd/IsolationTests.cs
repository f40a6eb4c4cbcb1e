using System.Net;
using Caas.Tests.Support;

namespace Caas.Tests.EndToEnd;

/// <summary>Nobody reads or writes across clients, and nobody a conversation that is not theirs.</summary>
public sealed class IsolationTests(CaasHost host)
{
    private const string Nowhere = "conv_01m876tr7me2bv28tg7fe3fkrb";

    [Fact]
    public async Task The_same_user_id_of_two_clients_is_two_people()
    {
        var url = (await host.StartAsync()).Url;
        var one = await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann");
        var other = await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann");
        var conversation = await one.CreateGroupAsync();
        await one.SendAsync(conversation, "private");

        (await other.Api.GetAsync("/api/conversations")).ShouldBe(HttpStatusCode.OK)["items"].GetArrayLength().ShouldBe(0);
        (await other.CatchUpAsync(cursor: null)).Conversations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("stranger of another client")]
    [InlineData("user of the client who is no member")]
    public async Task Another_ones_conversation_is_as_unknown_as_one_that_never_was(string who)
    {
        var url = (await host.StartAsync()).Url;
        var tenant = await Tenant.RegisterAsync(url);
        var conversation = await (await tenant.AddPersonAsync("ann")).CreateGroupAsync();
        var reader = who.StartsWith("stranger", StringComparison.Ordinal)
            ? await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann")
            : await tenant.AddPersonAsync("eve");

        foreach (var path in new[] { "", "/messages", "/members", "/sequence" })
        {
            await SameAsync(id => reader.Api.GetAsync($"/api/conversations/{id}{path}"));
        }

        await SameAsync(id => reader.Api.PutAsync($"/api/conversations/{id}/read", new { sequence = 1 }));
        await SameAsync(id => reader.Api.PostAsync($"/api/conversations/{id}/members", new { userId = reader.UserId }));
        await SameAsync(id => reader.TrySendAsync(id, "1", "let me in"));

        async Task SameAsync(Func<string, Task<ApiAnswer>> request)
        {
            var theirs = (await request(conversation)).ShouldBeRefused(404, "not_found");
            var nobodys = (await request(Nowhere)).ShouldBeRefused(404, "not_found");
            theirs["detail"].GetString().ShouldBe(nobodys["detail"].GetString());
        }
    }

    [Fact]
    public async Task A_sync_that_names_another_ones_conversation_learns_nothing()
    {
        var url = (await host.StartAsync()).Url;
        var tenant = await Tenant.RegisterAsync(url);
        var conversation = await (await tenant.AddPersonAsync("ann")).CreateGroupAsync();
        var eve = await tenant.AddPersonAsync("eve");

        var answer = await eve.SyncAsync(new { conversations = new Dictionary<string, long>(StringComparer.Ordinal) { [conversation] = 1, [Nowhere] = 1 } });

        answer["changes"].GetArrayLength().ShouldBe(0);
        answer["conversations"].EnumerateArray().Select(one => one.GetProperty("state").GetString()).ShouldBe(["left", "left"]);
    }

    [Fact]
    public async Task A_socket_gets_nothing_of_a_conversation_that_its_user_is_not_in()
    {
        var url = (await host.StartAsync()).Url;
        var tenant = await Tenant.RegisterAsync(url);
        var ann = await tenant.AddPersonAsync("ann");
        var eve = await tenant.AddPersonAsync("eve");
        var secret = await ann.CreateGroupAsync();
        var shared = await ann.CreateGroupAsync("eve");
        await using var evesSocket = await eve.ConnectAsync();

        await ann.SendAsync(secret, "not for Eve");
        await ann.SendAsync(shared, "for Eve");

        await evesSocket.WaitForMessageAsync("for Eve");
        evesSocket.Events.ShouldNotContain(e => e.Argument.ToString().Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cursor_of_another_client_is_refused()
    {
        var url = (await host.StartAsync()).Url;
        var one = await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann");
        var other = await (await Tenant.RegisterAsync(url)).AddPersonAsync("ann");
        var cursor = (await one.CatchUpAsync(cursor: null)).Cursor;

        (await other.Api.PostAsync("/api/sync", new { cursor })).ShouldBeRefused(400, "invalid_cursor");
    }
}
