using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caas.Standalone.Smoke;

/// <summary>The flow of sending: over HTTP and over the socket, delivered, repeated, changed, read.</summary>
internal static class SendingSteps
{
    public const string Flow = "sending";
    public const string Send = "send over HTTP";
    public const string SendBySocket = "send over the socket";

    private const string FirstText = "Hello, Ben";
    private const string SecondText = "Hello, Ann";
    private const string EditedText = "Hello again, Ben";

    public static IEnumerable<SmokeStep> All { get; } =
    [
        .. PeopleSteps.All,
        new(Flow, Send, SendAsync, PeopleSteps.Conversation),
        new(Flow, "delivery to the socket", DeliverAsync, PeopleSteps.Connect, Send),
        new(Flow, SendBySocket, SendBySocketAsync, PeopleSteps.Connect, Send),
        new(Flow, "a repeated send", RepeatAsync, Send),
        new(Flow, "a repeated request", RepeatRequestAsync, PeopleSteps.Conversation),
        new(Flow, "an edit", EditAsync, PeopleSteps.Connect, Send),
        new(Flow, "history", ReadHistoryAsync, Send, SendBySocket),
        new(Flow, "read position", MarkReadAsync, SendBySocket),
        new(Flow, "sync", SyncAsync, PeopleSteps.Connect, SendBySocket),
        new(Flow, "a deletion", DeleteAsync, PeopleSteps.Connect, Send),
        new(Flow, "another client finds nothing", IsolateAsync, Send, RegistrationSteps.RegisterOther),
    ];

    private static JsonObject Message(SmokeScene scene, string number, string text) => new()
    {
        ["conversationId"] = scene.ConversationId,
        ["clientMessageId"] = $"{scene.Mark}-{number}",
        ["text"] = text,
    };

    private static async Task<string> SendAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var sent = (await SendAsync(scene, scene.Ann.Token, Message(scene, "1", FirstText), cancellationToken)).Expect(201);
        scene.FirstMessageId = sent.Word("id");
        return sent.Number("sequence") == 1
            ? "sequence 1"
            : throw new SmokeFailureException("sequence 1 of a new conversation", $"{sent.Number("sequence")}");
    }

    private static async Task<string> DeliverAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var came = await ExpectMessageAsync(scene.Ben, "message.sent", scene.FirstMessageId, cancellationToken);
        return came.TextAt("data.message.text") == FirstText && came.NumberAt("data.message.sequence") == 1
            ? "came"
            : throw new SmokeFailureException("the message as it was sent", "another content");
    }

    private static async Task<string> SendBySocketAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var answer = await scene.Ben.Connected.EmitAsync("message.send", Message(scene, "2", SecondText), cancellationToken);
        if (answer.At("ok").ValueKind != JsonValueKind.True || answer.NumberAt("message.sequence") != 2)
        {
            throw new SmokeFailureException("message.send to be acknowledged with sequence 2", "another acknowledgement");
        }

        scene.SecondMessageId = answer.TextAt("message.id") ?? string.Empty;
        await ExpectMessageAsync(scene.Ann, "message.sent", scene.SecondMessageId, cancellationToken);
        return "acknowledged with sequence 2, delivered";
    }

    private static async Task<string> RepeatAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var again = (await SendAsync(scene, scene.Ann.Token, Message(scene, "1", FirstText), cancellationToken)).Expect(200);
        if (again.Word("id") != scene.FirstMessageId)
        {
            throw new SmokeFailureException("the first message again", "another one");
        }

        (await SendAsync(scene, scene.Ann.Token, Message(scene, "1", SecondText), cancellationToken))
            .ExpectRefusal(409, "client_message_id_reused");
        return "the first message; 409 with another text";
    }

    private static async Task<string> RepeatRequestAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var (first, _) = await OpenGroupAsync(scene, cancellationToken);
        var (second, replayed) = await OpenGroupAsync(scene, cancellationToken);
        return first == second && replayed
            ? "the first answer"
            : throw new SmokeFailureException("the first answer and Idempotency-Replayed: true", "another answer");
    }

    private static async Task<(string Id, bool IsReplayed)> OpenGroupAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var answer = (await scene.Http.SendAsync(
            HttpMethod.Post, "/api/conversations", scene.Ann.Token, new JsonObject { ["type"] = "group", ["name"] = "Smoke" },
            cancellationToken, idempotencyKey: $"smoke-{scene.Mark}")).Expect(201);
        return (answer.Word("id"), answer.Header("Idempotency-Replayed") == "true");
    }

    private static async Task<string> EditAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var path = $"/api/messages/{scene.FirstMessageId}";
        var body = new JsonObject { ["text"] = EditedText };
        (await scene.Http.SendAsync(HttpMethod.Patch, path, scene.Ann.Token, body, cancellationToken)).Expect(200);
        var came = await ExpectMessageAsync(scene.Ben, "message.edited", scene.FirstMessageId, cancellationToken);
        return came.TextAt("data.message.text") == EditedText
            ? "delivered"
            : throw new SmokeFailureException("the new text with message.edited", "another one");
    }

    private static async Task<string> ReadHistoryAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var path = $"/api/conversations/{scene.ConversationId}/messages";
        var page = (await scene.Http.GetAsync(path, scene.Ben.Token, cancellationToken)).Expect(200);
        var ids = page.List("items").Select(static item => item.TextAt("id"));
        return ids.SequenceEqual([scene.SecondMessageId, scene.FirstMessageId], StringComparer.Ordinal)
            ? "both, newest first"
            : throw new SmokeFailureException("both messages, newest first", "others");
    }

    private static async Task<string> MarkReadAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var path = $"/api/conversations/{scene.ConversationId}";
        var body = new JsonObject { ["sequence"] = 2 };
        (await scene.Http.SendAsync(HttpMethod.Put, $"{path}/read", scene.Ann.Token, body, cancellationToken)).Expect(200, 204);
        var mine = (await scene.Http.GetAsync(path, scene.Ann.Token, cancellationToken)).Expect(200);
        return (mine.Number("lastReadSequence"), mine.Number("unreadCount")) is var (read, unread) && (read, unread) == (2, 0)
            ? "2 read, 0 unread"
            : throw new SmokeFailureException("2 read and none unread", $"{read} and {unread}");
    }

    // A cursor covers everything since: the two messages with what came between, version by version.
    private static async Task<string> SyncAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["cursor"] = scene.Ben.Cursor };
        var answer = (await scene.Http.PostAsync("/api/sync", scene.Ben.Token, body, cancellationToken)).Expect(200);
        var changes = answer.List("changes").Where(change => change.TextAt("conversationId") == scene.ConversationId).ToList();
        var versions = changes.Select(static change => change.NumberAt("version") ?? 0).ToList();
        var ids = changes.Where(static change => change.TextAt("type") == "message.sent")
            .Select(static change => change.TextAt("data.message.id"));
        return ids.SequenceEqual([scene.FirstMessageId, scene.SecondMessageId], StringComparer.Ordinal)
            && versions.Zip(versions.Skip(1)).All(static pair => pair.Second == pair.First + 1)
                ? $"versions {versions[0]} to {versions[^1]}"
                : throw new SmokeFailureException("both messages with every version between them", $"{changes.Count} changes");
    }

    private static async Task<string> DeleteAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var path = $"/api/messages/{scene.FirstMessageId}";
        (await scene.Http.DeleteAsync(path, scene.Ann.Token, cancellationToken)).Expect(200, 204);
        await ExpectMessageAsync(scene.Ben, "message.deleted", scene.FirstMessageId, cancellationToken);
        var left = (await scene.Http.GetAsync(path, scene.Ben.Token, cancellationToken)).Expect(200);
        return left.Json.TextAt("text") is null && left.Json.TextAt("deletedAt") is not null
            ? "delivered; a tombstone stays"
            : throw new SmokeFailureException("a tombstone without a text", "another content");
    }

    private static async Task<string> IsolateAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        await PeopleSteps.SignInAsync(scene, scene.Other, scene.Stranger, cancellationToken);
        var token = scene.Stranger.Token;
        SmokeAnswer[] answers =
        [
            await scene.Http.GetAsync($"/api/messages/{scene.FirstMessageId}", token, cancellationToken),
            await scene.Http.GetAsync($"/api/conversations/{scene.ConversationId}", token, cancellationToken),
            await SendAsync(scene, token, Message(scene, "3", FirstText), cancellationToken),
            await scene.Http.GetAsync($"/api/applications/{scene.Own.ApplicationId}", scene.Other.Key, cancellationToken),
        ];
        Array.ForEach(answers, static answer => answer.ExpectRefusal(404, "not_found"));
        return $"404, {answers.Length} times";
    }

    private static Task<SmokeAnswer> SendAsync(
        SmokeScene scene, string token, JsonObject message, CancellationToken cancellationToken) =>
        scene.Http.PostAsync("/api/messages", token, message, cancellationToken);

    private static Task<JsonElement> ExpectMessageAsync(
        SmokePerson person, string name, string messageId, CancellationToken cancellationToken) =>
        person.Connected.ExpectAsync(name, occurred => occurred.TextAt("data.message.id") == messageId, cancellationToken);
}
