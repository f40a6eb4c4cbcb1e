namespace Caas.Tests.Isolation;

/// <summary>What is asked of every command of a socket, by its name.</summary>
internal static class CommandProbes
{
    public static IReadOnlyDictionary<string, Entry> Table { get; } = new Dictionary<string, Entry>(StringComparer.Ordinal)
    {
        ["message.send"] = Entry.Of(
            Command("conversation", """{"conversationId":"@","clientMessageId":"{n}","text":"x"}"""),
            Command("message", """{"conversationId":"{own}","clientMessageId":"{n}","text":"x","replyTo":"@"}"""),
            Command("user", """{"conversationId":"{own}","clientMessageId":"{n}","text":"x","mentions":["@"]}"""),
            Command("clientMessageId", """{"conversationId":"{own}","clientMessageId":"@ up","text":"x"}""")),
        ["message.edit"] = Entry.Of(Command("message", """{"messageId":"@","text":"taken"}""")),
        ["message.delete"] = Entry.Of(Command("message", """{"messageId":"@"}""")),
        ["reaction.add"] = Entry.Of(Command("message", """{"messageId":"@","emoji":"ok"}""")),
        ["reaction.remove"] = Entry.Of(Command("message", """{"messageId":"@","emoji":"yes"}""")),
        ["read.mark"] = Entry.Of(Command("conversation", """{"conversationId":"@","sequence":1}""")),
        ["typing.start"] = Entry.Of(Command("conversation", """{"conversationId":"@"}""")),
        ["typing.stop"] = Entry.Of(Command("conversation", """{"conversationId":"@"}""")),
        ["presence.set"] = Entry.Of(Command(string.Empty, """{"status":"away"}""")),
        ["presence.subscribe"] = Entry.Of(Command("user", """{"userIds":["@"]}""")),
        ["sync.request"] = Entry.Of(
            Command(string.Empty, "{}"),
            Command("conversation", """{"conversations":{"@":0}}"""),
            Command("conversation", """{"conversations":{"@":6}}""") with { Whom = Whom.NeverMembers },
            Command("conversation", """{"conversations":{"@":1000}}"""),
            Command("cursor of sync", """{"cursor":"@"}""")),

        // A token is a secret, not an id; that one of another user is refused has a test of its own.
        ["token.refresh"] = Entry.Of(Command("session", """{"token":"@"}""")),
    };

    private static Probe Command(string kind, string argument) => new(kind, Body: argument);
}
