using System.Globalization;
using System.Text.Json.Nodes;

namespace Caas.Standalone.Smoke;

/// <summary>
/// The flow of event processing, by what can be seen of the consumers from outside: content that an erasure blanks, sockets
/// that a revocation ends, groups that arrive at the end of their topics, no dead letter of this run.
/// </summary>
internal static class ProcessingSteps
{
    public const string Flow = "processing";
    private const string EventTopic = "platform.events";

    public static IEnumerable<SmokeStep> All { get; } =
    [
        new(Flow, "a revoked session", RevokeAsync, PeopleSteps.Connect),
        new(Flow, "an erased user", EraseAsync, SendingSteps.SendBySocket),
        new(Flow, "consumers arrive", ArriveAsync, SendingSteps.Send) { IsOperators = true },
        new(Flow, "topics", ReadTopicsAsync, SendingSteps.Send) { IsOperators = true },
        new(Flow, "no dead letters of this run", ReadDeadLettersAsync, SendingSteps.Send) { IsOperators = true },
    ];

    private static async Task<string> RevokeAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var (token, session) = (scene.Ann.Token, scene.Ann.SessionId);
        (await scene.Http.PostAsync("/api/tokens/revoke", scene.Own.Key, new JsonObject { ["sessionId"] = session }, cancellationToken))
            .Expect(200, 204);
        await scene.Ann.Connected.ExpectAsync(
            "session.ended", static ended => ended.TextAt("reason") == "revoked", cancellationToken);
        await scene.UntilAsync(
            async stop => (int)(await scene.Http.GetAsync("/api/conversations", token, stop)).Status == 401,
            "a revoked session to be refused",
            "it is still let in",
            cancellationToken);
        await PeopleSteps.SignInAsync(scene, scene.Own, scene.Ann, cancellationToken);
        return "its socket ended, its token refused";
    }

    // Nothing but a consumer blanks what an erased user said.
    private static async Task<string> EraseAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var path = $"/api/messages/{scene.SecondMessageId}";
        if ((await scene.Http.GetAsync(path, scene.Ann.Token, cancellationToken)).Expect(200).Json.TextAt("text") is null)
        {
            throw new SmokeFailureException("a text before the erasure", "none");
        }

        (await scene.Http.DeleteAsync($"/api/users/{scene.Ben.UserId}", scene.Own.Key, cancellationToken)).Expect(200, 202, 204);
        await scene.UntilAsync(
            async stop => (await scene.Http.GetAsync(path, scene.Ann.Token, stop)).Expect(200).Json.TextAt("text") is null,
            "the content of an erased user to go",
            "it is still there",
            cancellationToken);
        return "what they said is gone";
    }

    // Others may write meanwhile: each group has to come where the end was when it was first asked.
    private static async Task<string> ArriveAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var ends = (await ReadLagAsync(scene, cancellationToken)).ToDictionary(static lag => lag.Key, static lag => lag.End, StringComparer.Ordinal);
        if (ends.Count == 0)
        {
            throw new SmokeFailureException("consumer groups in /api/platform/lag", "none");
        }

        await scene.UntilAsync(
            async stop => (await ReadLagAsync(scene, stop)).All(lag => lag.At >= ends.GetValueOrDefault(lag.Key)),
            "every consumer group to arrive at the end",
            "one is still behind",
            cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{ends.Count} positions at the end");
    }

    private static async Task<List<(string Key, long At, long End)>> ReadLagAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var answer = (await scene.Http.GetAsync("/api/platform/lag", scene.PlatformKey, cancellationToken)).Expect(200);
        return
        [
            .. answer.List("items")
                .Where(static item => item.TextAt("group") is not null)
                .Select(static item => (
                    $"{item.TextAt("topic")}/{item.NumberAt("partition")}/{item.TextAt("group")}",
                    item.NumberAt("committedOffset") ?? 0,
                    item.NumberAt("endOffset") ?? long.MaxValue)),
        ];
    }

    // The embedded stream makes a topic at its first record; the events' has had some.
    private static async Task<string> ReadTopicsAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var topics = (await scene.Http.GetAsync("/api/platform/topics", scene.PlatformKey, cancellationToken)).Expect(200).List("items");
        return topics.Any(static topic => topic.TextAt("name") == EventTopic && topic.ListAt("partitions").Count > 0)
            ? string.Create(CultureInfo.InvariantCulture, $"{topics.Count} topics")
            : throw new SmokeFailureException($"partitions of {EventTopic}", "none");
    }

    private static async Task<string> ReadDeadLettersAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var letters = (await scene.Http.GetAsync("/api/platform/dead-letters?limit=200", scene.PlatformKey, cancellationToken))
            .Expect(200).List("items");
        string[] own = [scene.Own.ClientId, scene.Other.ClientId, scene.ConversationId];
        var mine = letters.Count(letter => own.Contains(letter.TextAt("key"), StringComparer.Ordinal));
        return mine == 0
            ? string.Create(CultureInfo.InvariantCulture, $"none ({letters.Count} of others)")
            : throw new SmokeFailureException("no dead letter of this run", $"{mine}");
    }
}
