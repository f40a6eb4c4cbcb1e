using System.Net;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.EndToEnd;

/// <summary>How a device catches up.</summary>
public sealed class SyncTests(CaasHost host)
{
    [Fact]
    public async Task A_device_that_knows_nothing_gets_headers_and_never_a_replay_from_the_start()
    {
        var (tenant, ann) = await BeginAsync();
        await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");
        await ann.SendAsync(conversation, "one");
        await ann.SendAsync(conversation, "two");

        var answer = await ann.SyncAsync(new { });

        answer["changes"].GetArrayLength().ShouldBe(0);
        var header = answer["conversations"].EnumerateArray().ShouldHaveSingleItem();
        header.GetProperty("state").GetString().ShouldBe("joined");
        header.GetProperty("id").GetString().ShouldBe(conversation);
        header.GetProperty("lastSequence").GetInt64().ShouldBe(2);
        header.GetProperty("lastMessage").GetProperty("text").GetString().ShouldBe("two");
        answer["hasMore"].GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_cursor_covers_everything_since_in_the_order_of_versions()
    {
        var (tenant, ann) = await BeginAsync();
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");
        var cursor = (await ben.CatchUpAsync(cursor: null)).Cursor;
        var before = await VersionAsync(ann, conversation);
        await ann.SendAsync(conversation, "one");
        await tenant.AddPersonAsync("cem");
        (await ann.Api.PostAsync($"/api/conversations/{conversation}/members", new { userId = "cem" })).ShouldBe(HttpStatusCode.Created);
        await ann.SendAsync(conversation, "two");
        var other = await ann.CreateGroupAsync("ben");

        var (changes, conversations, next) = await ben.CatchUpAsync(cursor);

        Versions(changes, conversation).ShouldBe([before + 1, before + 2, before + 3]);
        changes.Select(change => change.GetProperty("type").GetString()).ShouldBe(["message.sent", "member.added", "message.sent"]);
        conversations.ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(other);
        (await ben.CatchUpAsync(next)).Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_of_a_sync_have_no_gap_between_them()
    {
        var (tenant, ann) = await BeginAsync();
        var ben = await tenant.AddPersonAsync("ben");
        string[] conversations = [await ann.CreateGroupAsync("ben"), await ann.CreateGroupAsync("ben")];
        var cursor = (await ben.CatchUpAsync(cursor: null)).Cursor;
        for (var number = 0; number < 10; number++)
        {
            await ann.SendAsync(conversations[number % 2], $"message {number}");
        }

        var changes = new List<JsonElement>();
        var pages = 0;
        for (var more = true; more; pages++)
        {
            var page = await ben.SyncAsync(new { cursor, limit = 3 });
            page["changes"].GetArrayLength().ShouldBeLessThanOrEqualTo(3);
            changes.AddRange(page["changes"].EnumerateArray());
            cursor = page["cursor"].GetString()!;
            more = page["hasMore"].GetBoolean();
        }

        pages.ShouldBeGreaterThan(3);
        foreach (var conversation in conversations)
        {
            var last = await VersionAsync(ann, conversation);
            Versions(changes, conversation).ShouldBe([last - 4, last - 3, last - 2, last - 1, last]);
        }
    }

    [Fact]
    public async Task A_hole_is_repaired_by_naming_the_known_version()
    {
        var (_, ann) = await BeginAsync();
        var conversation = await ann.CreateGroupAsync();
        await ann.SendAsync(conversation, "one");
        await ann.SendAsync(conversation, "two");
        var last = await VersionAsync(ann, conversation);

        var answer = await ann.SyncAsync(new { conversations = new Dictionary<string, long>(StringComparer.Ordinal) { [conversation] = last - 2 } });

        Versions([.. answer["changes"].EnumerateArray()], conversation).ShouldBe([last - 1, last]);
        answer["cursor"].ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task What_sync_gives_is_what_the_socket_gave()
    {
        var (tenant, ann) = await BeginAsync();
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");
        var cursor = (await ben.CatchUpAsync(cursor: null)).Cursor;
        await using var socket = await ben.ConnectAsync();
        await ann.SendAsync(conversation, "one vocabulary");

        var live = await socket.WaitForMessageAsync("one vocabulary");
        var synced = (await ben.CatchUpAsync(cursor)).Changes.ShouldHaveSingleItem();

        JsonElement.DeepEquals(live, synced).ShouldBeTrue($"{live}\n{synced}");
    }

    [Theory]
    [InlineData("all", 2)]
    [InlineData("none", 0)]
    public async Task A_later_member_sees_the_history_that_the_conversation_gives(string history, int seen)
    {
        var (tenant, ann) = await BeginAsync();
        var conversation = await ann.CreateGroupAsync(history, []);
        await ann.SendAsync(conversation, "before 1");
        await ann.SendAsync(conversation, "before 2");
        var cem = await tenant.AddPersonAsync("cem");
        var cursor = (await cem.CatchUpAsync(cursor: null)).Cursor;
        await using var socket = await cem.ConnectAsync();

        (await ann.Api.PostAsync($"/api/conversations/{conversation}/members", new { userId = "cem" })).ShouldBe(HttpStatusCode.Created);
        await socket.WaitForAsync("member.added");
        await ann.SendAsync(conversation, "after");

        await socket.WaitForMessageAsync("after");
        var texts = (await cem.ReadHistoryAsync(conversation)).Select(message => message.GetProperty("text").GetString()).ToList();
        texts.Count.ShouldBe(seen + 1);
        texts[^1].ShouldBe("after");
        var synced = await cem.CatchUpAsync(cursor);
        synced.Conversations.ShouldHaveSingleItem().GetProperty("state").GetString().ShouldBe("joined");
        var repaired = await cem.SyncAsync(new { conversations = new Dictionary<string, long>(StringComparer.Ordinal) { [conversation] = 0 } });
        (history == "none" && repaired.Text.Contains("before 1", StringComparison.Ordinal)).ShouldBeFalse(repaired.Text);
        (await cem.Api.GetAsync($"/api/conversations/{conversation}"))["unreadCount"].GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Someone_removed_gets_their_own_removal_and_nothing_after()
    {
        var (tenant, ann) = await BeginAsync();
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");
        var cursor = (await ben.CatchUpAsync(cursor: null)).Cursor;
        await using var socket = await ben.ConnectAsync();
        await ann.SendAsync(conversation, "for Ben too");
        (await ann.Api.SendAsync(HttpMethod.Delete, $"/api/conversations/{conversation}/members/ben")).ShouldBe(HttpStatusCode.NoContent);
        await ann.SendAsync(conversation, "not for Ben");

        var (changes, conversations, _) = await ben.CatchUpAsync(cursor);

        changes.Select(change => change.GetProperty("type").GetString()).ShouldBe(["message.sent", "member.removed"]);
        conversations.ShouldHaveSingleItem().GetProperty("state").GetString().ShouldBe("left");
        await socket.WaitForAsync("member.removed");
        var shared = await ann.CreateGroupAsync("ben");
        await socket.WaitForAsync("member.added", envelope => envelope.GetProperty("conversationId").GetString() == shared);
        await ann.SendAsync(shared, "a later one");
        await socket.WaitForMessageAsync("a later one");
        socket.Events.ShouldNotContain(e => e.Argument.ToString().Contains("not for Ben", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_device_that_was_away_hears_that_it_is_over_also_where_its_user_joined_after_it_went(bool knewIt)
    {
        var (tenant, ann) = await BeginAsync();
        var ben = await tenant.AddPersonAsync("ben");
        string[] members = knewIt ? ["ben"] : [];
        var conversation = await ann.CreateGroupAsync(members);
        var path = $"/api/conversations/{conversation}/members";
        var cursor = (await ben.CatchUpAsync(cursor: null)).Cursor;
        if (knewIt)
        {
            (await ann.Api.SendAsync(HttpMethod.Delete, $"{path}/ben")).ShouldBe(HttpStatusCode.NoContent);
        }

        // Ben's device may have heard of this one over its socket, which the cursor does not know.
        (await ann.Api.PostAsync(path, new { userId = "ben" })).ShouldBe(HttpStatusCode.Created);
        (await ann.Api.SendAsync(HttpMethod.Delete, $"{path}/ben")).ShouldBe(HttpStatusCode.NoContent);

        var (changes, conversations, _) = await ben.CatchUpAsync(cursor);

        changes.ShouldBeEmpty();
        var told = conversations.ShouldHaveSingleItem();
        (told.GetProperty("id").GetString(), told.GetProperty("state").GetString()).ShouldBe((conversation, "left"));
        (await ben.CatchUpAsync(cursor: null)).Conversations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_read_position_that_moved_on_another_device_comes_with_sync()
    {
        var (tenant, ann) = await BeginAsync();
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");
        await ann.SendAsync(conversation, "one");
        var cursor = (await ben.CatchUpAsync(cursor: null)).Cursor;

        await ben.Api.PutAsync($"/api/conversations/{conversation}/read", new { sequence = 1 });
        var answer = await ben.SyncAsync(new { cursor });

        var position = answer["readPositions"].EnumerateArray().ShouldHaveSingleItem();
        position.GetProperty("conversationId").GetString().ShouldBe(conversation);
        position.GetProperty("lastReadSequence").GetInt64().ShouldBe(1);
    }

    private static IEnumerable<long> Versions(IReadOnlyList<JsonElement> changes, string conversation) => changes
        .Where(change => change.GetProperty("conversationId").GetString() == conversation)
        .Select(change => change.GetProperty("version").GetInt64());

    private static async Task<long> VersionAsync(Person person, string conversation) =>
        (await person.Api.GetAsync($"/api/conversations/{conversation}"))["version"].GetInt64();

    private async Task<(Tenant Tenant, Person Ann)> BeginAsync()
    {
        var tenant = await Tenant.RegisterAsync((await host.StartAsync()).Url);
        return (tenant, await tenant.AddPersonAsync("ann"));
    }
}
