using System.Net;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.EndToEnd;

/// <summary>Sending, and reading what was sent.</summary>
public sealed class MessageTests(CaasHost host)
{
    [Fact]
    public async Task The_same_client_message_id_gives_the_first_answer_again_and_stores_nothing()
    {
        var (ann, conversation) = await BeginAsync();
        var first = (await ann.TrySendAsync(conversation, "once", "Hello")).ShouldBe(HttpStatusCode.Created);

        var second = (await ann.TrySendAsync(conversation, "once", "Hello")).ShouldBe(HttpStatusCode.OK);

        second.Text.ShouldBe(first.Text);
        (await ann.ReadHistoryAsync(conversation)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Many_sends_with_one_client_message_id_at_once_make_one_message()
    {
        var (ann, conversation) = await BeginAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ann.TrySendAsync(conversation, "once", "Hello")));

        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Select(answer => answer.Text).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        (await ann.ReadHistoryAsync(conversation)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_same_client_message_id_with_other_content_is_a_conflict()
    {
        var (ann, conversation) = await BeginAsync();
        await ann.TrySendAsync(conversation, "once", "Hello");

        (await ann.TrySendAsync(conversation, "once", "Good-bye")).ShouldBeRefused(409, "client_message_id_reused");
    }

    [Fact]
    public async Task Two_senders_may_use_the_same_client_message_id()
    {
        var (ann, conversation) = await BeginAsync("ben");
        var ben = _people["ben"];
        (await ann.TrySendAsync(conversation, "1", "from Ann")).ShouldBe(HttpStatusCode.Created);

        (await ben.TrySendAsync(conversation, "1", "from Ben")).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_idempotency_key_gives_the_first_answer_again_and_refuses_another_body()
    {
        var (ann, conversation) = await BeginAsync();
        var body = new { conversationId = conversation, clientMessageId = "1", text = "Hello" };
        var first = await ann.Api.PostAsync("/api/messages", body, idempotencyKey: "key-1");

        var again = await ann.Api.PostAsync("/api/messages", body, idempotencyKey: "key-1");
        var other = await ann.Api.PostAsync(
            "/api/messages", new { conversationId = conversation, clientMessageId = "2", text = "Hello" }, idempotencyKey: "key-1");

        again.ShouldBe(first.Status).Text.ShouldBe(first.Text);
        again.Headers["Idempotency-Replayed"].ShouldBe("true");
        other.ShouldBeRefused(422, "idempotency_key_reused");
    }

    [Fact]
    public async Task History_comes_newest_first_in_pages_until_there_is_no_more()
    {
        var (ann, conversation) = await BeginAsync();
        await SendManyAsync(ann, conversation, 7);

        var first = await ann.ListMessagesAsync(conversation, "?limit=3");
        var second = await ann.ListMessagesAsync(conversation, $"?limit=3&cursor={Escape(first)}");
        var third = await ann.ListMessagesAsync(conversation, $"?limit=3&cursor={Escape(second)}");

        Sequences(first).ShouldBe([7, 6, 5]);
        Sequences(second).ShouldBe([4, 3, 2]);
        Sequences(third).ShouldBe([1]);
        third["nextCursor"].ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("?before=5&limit=2", new long[] { 4, 3 })]
    [InlineData("?after=5&limit=2", new long[] { 7, 6 })]
    [InlineData("?after=2&limit=2", new long[] { 4, 3 })]
    [InlineData("?after=7", new long[0])]
    [InlineData("?before=1", new long[0])]
    [InlineData("?around=4&limit=3", new long[] { 5, 4, 3 })]
    public async Task History_by_sequence_gives_the_nearest_newest_first(string query, long[] expected)
    {
        var (ann, conversation) = await BeginAsync();
        await SendManyAsync(ann, conversation, 7);

        Sequences(await ann.ListMessagesAsync(conversation, query)).ShouldBe(expected);
    }

    [Fact]
    public async Task A_cursor_is_of_its_conversation_and_its_caller_and_cannot_be_altered()
    {
        var (ann, conversation) = await BeginAsync("ben");
        var other = await ann.CreateGroupAsync("ben");
        await SendManyAsync(ann, conversation, 3);
        var cursor = (await ann.ListMessagesAsync(conversation, "?limit=1"))["nextCursor"].GetString()!;
        var altered = cursor[..^2] + (cursor[^2] == 'A' ? 'B' : 'A') + cursor[^1];

        (await ann.Api.GetAsync($"/api/conversations/{other}/messages?cursor={cursor}")).ShouldBeRefused(400, "invalid_cursor");
        (await _people["ben"].Api.GetAsync($"/api/conversations/{conversation}/messages?cursor={cursor}")).ShouldBeRefused(400, "invalid_cursor");
        (await ann.Api.GetAsync($"/api/conversations/{conversation}/messages?cursor={altered}")).ShouldBeRefused(400, "invalid_cursor");
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("before=-1", "before")]
    [InlineData("after=x", "after")]
    [InlineData("before=1&after=1", "after")]
    public async Task A_bad_query_parameter_is_named(string query, string name)
    {
        var (ann, conversation) = await BeginAsync();

        (await ann.Api.GetAsync($"/api/conversations/{conversation}/messages?{query}")).ShouldBeRefused(422, "validation_failed", name);
    }

    [Fact]
    public async Task Ones_own_send_is_read_and_a_read_position_moves_forward_only()
    {
        var (ann, conversation) = await BeginAsync("ben");
        var ben = _people["ben"];
        await SendManyAsync(ann, conversation, 5);
        (await UnreadAsync(ann, conversation)).ShouldBe((0, 5));
        (await UnreadAsync(ben, conversation)).ShouldBe((5, 0));
        await using var annsSocket = await ann.ConnectAsync();

        var marked = (await ben.Api.PutAsync($"/api/conversations/{conversation}/read", new { sequence = 3 })).ShouldBe(HttpStatusCode.OK);
        (await ben.Api.PutAsync($"/api/conversations/{conversation}/read", new { sequence = 2 })).ShouldBe(HttpStatusCode.OK);

        marked["lastReadSequence"].GetInt64().ShouldBe(3);
        (await UnreadAsync(ben, conversation)).ShouldBe((2, 3));
        var told = await annsSocket.WaitForAsync("read.marked");
        told.GetProperty("data").GetProperty("userId").GetString().ShouldBe("ben");
        told.GetProperty("data").GetProperty("sequence").GetInt64().ShouldBe(3);
        told.TryGetProperty("version", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_direct_conversation_of_the_same_two_is_returned_and_not_made_twice()
    {
        await BeginAsync("ben");
        string[] ben = ["ben"];
        string[] ann = ["ann"];

        var first = (await _people["ann"].Api.PostAsync("/api/conversations", new { type = "direct", members = ben })).ShouldBe(HttpStatusCode.Created);
        var second = (await _people["ben"].Api.PostAsync("/api/conversations", new { type = "direct", members = ann })).ShouldBe(HttpStatusCode.OK);

        second["id"].GetString().ShouldBe(first["id"].GetString());
    }

    [Fact]
    public async Task A_conversation_numbers_its_messages_without_gaps_under_parallel_senders()
    {
        var (ann, conversation) = await BeginAsync("ben", "cem");

        await Task.WhenAll(_people.Values.SelectMany(
            person => Enumerable.Range(0, 20).Select(number => person.SendAsync(conversation, $"{person.UserId} {number}"))));

        var history = await ann.ReadHistoryAsync(conversation);
        history.Select(message => message.GetProperty("sequence").GetInt64()).ShouldBe(Enumerable.Range(1, 60).Select(number => (long)number));
    }

    private readonly Dictionary<string, Person> _people = new(StringComparer.Ordinal);

    private static IEnumerable<long> Sequences(ApiAnswer page) =>
        page["items"].EnumerateArray().Select(message => message.GetProperty("sequence").GetInt64());

    private static string Escape(ApiAnswer page) => Uri.EscapeDataString(page["nextCursor"].GetString()!);

    private static async Task SendManyAsync(Person person, string conversation, int count)
    {
        for (var number = 1; number <= count; number++)
        {
            await person.SendAsync(conversation, $"message {number}");
        }
    }

    private static async Task<(long Unread, long LastRead)> UnreadAsync(Person person, string conversation)
    {
        var read = (await person.Api.GetAsync($"/api/conversations/{conversation}")).ShouldBe(HttpStatusCode.OK);
        return (read["unreadCount"].GetInt64(), read["lastReadSequence"].GetInt64());
    }

    private async Task<(Person Ann, string Conversation)> BeginAsync(params string[] others)
    {
        var tenant = await Tenant.RegisterAsync((await host.StartAsync()).Url);
        foreach (var name in others.Prepend("ann"))
        {
            _people[name] = await tenant.AddPersonAsync(name);
        }

        return (_people["ann"], await _people["ann"].CreateGroupAsync(others));
    }
}
