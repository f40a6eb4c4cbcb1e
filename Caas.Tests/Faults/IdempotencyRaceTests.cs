using System.Net;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>P5: a hundred repetitions at once, over HTTP and over sockets, are one write with one answer.</summary>
public sealed class IdempotencyRaceTests(CaasHost host)
{
    private const int Repetitions = 100;
    private const int Sockets = 5;

    [Fact]
    public async Task A_hundred_sends_with_one_client_message_id_over_both_ways_are_one_message()
    {
        var (ann, conversation) = await BeginAsync();

        var answers = await RaceAsync(ann, conversation, static _ => "once", static _ => "Hello");

        answers.ShouldAllBe(answer => answer.Message != null);
        answers.Count(answer => answer.IsNew).ShouldBeLessThanOrEqualTo(1);
        var stored = (await ann.ReadHistoryAsync(conversation)).ShouldHaveSingleItem();
        answers.ShouldAllBe(answer => JsonElement.DeepEquals(answer.Message!.Value, stored));
    }

    [Fact]
    public async Task Without_one_id_the_same_hundred_sends_are_a_hundred_messages()
    {
        var (ann, conversation) = await BeginAsync();

        await RaceAsync(ann, conversation, static number => $"{number}", static _ => "Hello");

        (await ann.ReadHistoryAsync(conversation)).Count.ShouldBe(Repetitions);
    }

    [Fact]
    public async Task Of_two_contents_under_one_client_message_id_one_wins_and_the_other_is_a_conflict()
    {
        var (ann, conversation) = await BeginAsync();

        var answers = await RaceAsync(ann, conversation, static _ => "once", static number => number % 4 < 2 ? "one" : "other");

        var stored = (await ann.ReadHistoryAsync(conversation)).ShouldHaveSingleItem();
        var won = stored.GetProperty("text").GetString();
        foreach (var answer in answers)
        {
            answer.Code.ShouldBe(answer.Text == won ? null : "client_message_id_reused");
            answer.Status.ShouldBe(answer.Text == won ? 0 : 409);
        }

        answers.Count(answer => answer.Code is null).ShouldBe(Repetitions / 2);
    }

    [Theory]
    [InlineData("/api/messages")]
    [InlineData("/api/conversations")]
    public async Task A_hundred_requests_with_one_idempotency_key_are_one_write_and_one_body(string path)
    {
        var (ann, conversation) = await BeginAsync();

        // A message is one by its clientMessageId too, a conversation by the key alone.
        object body = path.EndsWith("messages", StringComparison.Ordinal)
            ? new { conversationId = conversation, clientMessageId = "once", text = "Hello" }
            : new { type = "group", name = "once" };
        var before = await CountAsync(ann, path, conversation);

        var answers = await Task.WhenAll(Enumerable.Range(0, Repetitions)
            .Select(_ => ann.Api.PostAsync(path, body, idempotencyKey: "the-key")));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Created);
        answers.Select(answer => answer.Text).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        answers.Count(answer => !answer.Headers.ContainsKey("Idempotency-Replayed")).ShouldBe(1);
        (await CountAsync(ann, path, conversation)).ShouldBe(before + 1);
    }

    [Fact]
    public async Task Of_two_bodies_under_one_idempotency_key_one_wins_and_the_other_is_refused()
    {
        var (ann, conversation) = await BeginAsync();
        var before = await CountAsync(ann, "/api/conversations", conversation);

        var answers = await Task.WhenAll(Enumerable.Range(0, Repetitions).Select(async number =>
        {
            var name = number % 2 == 0 ? "one" : "other";
            return (Name: name, Answer: await ann.Api.PostAsync("/api/conversations", new { type = "group", name }, idempotencyKey: "the-key"));
        }));

        var won = answers.First(pair => pair.Answer.Status == HttpStatusCode.Created).Name;
        foreach (var (name, answer) in answers)
        {
            if (name == won)
            {
                answer.ShouldBe(HttpStatusCode.Created)["name"].GetString().ShouldBe(won);
            }
            else
            {
                answer.ShouldBeRefused(422, "idempotency_key_reused");
            }
        }

        (await CountAsync(ann, "/api/conversations", conversation)).ShouldBe(before + 1);
    }

    [Fact]
    public async Task An_idempotency_key_holds_after_the_process_was_killed()
    {
        using var folder = new TemporaryFolder();
        Person ann;
        ApiAnswer first;
        await using (var killed = await CaasProcess.StartAsync(folder.Path))
        {
            ann = await (await Tenant.RegisterAsync(killed.Url)).AddPersonAsync("ann");
            first = await ann.Api.PostAsync("/api/conversations", new { type = "group", name = "once" }, idempotencyKey: "the-key");
            await killed.KillAsync();
        }

        await using var second = await CaasProcess.StartAsync(folder.Path);
        var again = await ann.At(second.Url).Api.PostAsync("/api/conversations", new { type = "group", name = "once" }, idempotencyKey: "the-key");

        again.ShouldBe(HttpStatusCode.Created).Text.ShouldBe(first.Text);
        again.Headers["Idempotency-Replayed"].ShouldBe("true");
    }

    private static async Task<int> CountAsync(Person ann, string path, string conversation) =>
        path.EndsWith("messages", StringComparison.Ordinal)
            ? (await ann.ReadHistoryAsync(conversation)).Count
            : (await ann.Api.GetAsync("/api/conversations?limit=200"))["items"].GetArrayLength();

    private static async Task<IReadOnlyList<Raced>> RaceAsync(
        Person ann, string conversation, Func<int, string> id, Func<int, string> text)
    {
        var sockets = await Task.WhenAll(Enumerable.Range(0, Sockets).Select(_ => ann.ConnectAsync()));
        try
        {
            return await Task.WhenAll(Enumerable.Range(0, Repetitions).Select(number =>
            {
                var body = new { conversationId = conversation, clientMessageId = id(number), text = text(number) };
                return number % 2 == 0
                    ? OverHttpAsync(ann, body, body.text)
                    : OverSocketAsync(sockets[number % Sockets], body, body.text);
            }));
        }
        finally
        {
            foreach (var socket in sockets)
            {
                await socket.DisposeAsync();
            }
        }
    }

    private static async Task<Raced> OverHttpAsync(Person ann, object body, string text)
    {
        var answer = await ann.Api.PostAsync("/api/messages", body);
        return answer.Status is HttpStatusCode.Created or HttpStatusCode.OK
            ? new Raced(text, answer.Json, answer.Status == HttpStatusCode.Created, Status: 0, Code: null)
            : new Raced(text, Message: null, IsNew: false, (int)answer.Status, answer["code"].GetString());
    }

    private static async Task<Raced> OverSocketAsync(ChatSocket socket, object body, string text)
    {
        var acknowledged = await socket.EmitAsync("message.send", body);
        return acknowledged.TryGetProperty("error", out var error)
            ? new Raced(text, Message: null, IsNew: false, error.GetProperty("status").GetInt32(), error.GetProperty("code").GetString())
            : new Raced(text, acknowledged.GetProperty("message"), IsNew: false, Status: 0, Code: null);
    }

    private async Task<(Person Ann, string Conversation)> BeginAsync()
    {
        var ann = await (await Tenant.RegisterAsync((await host.StartAsync()).Url)).AddPersonAsync("ann");
        return (ann, await ann.CreateGroupAsync());
    }

    /// <summary>What one of the repetitions was answered.</summary>
    private sealed record Raced(string Text, JsonElement? Message, bool IsNew, int Status, string? Code);
}
