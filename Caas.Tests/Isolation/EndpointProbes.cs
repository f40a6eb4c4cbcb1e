namespace Caas.Tests.Isolation;

/// <summary>What is asked of every endpoint, by method and route.</summary>
internal static class EndpointProbes
{
    private const string Send = """{"conversationId":"{own}","clientMessageId":"{n}","text":"x"}""";

    public static IReadOnlyDictionary<string, Entry> Table { get; } = Clients()
        .Concat(Applications())
        .Concat(Keys())
        .Concat(Users())
        .Concat(Tokens())
        .Concat(Conversations())
        .Concat(Members())
        .Concat(Messages())
        .Concat(Others())
        .Concat(Platform())
        .Concat(Open())
        .Concat(SchemaRegistry())
        .ToDictionary(StringComparer.Ordinal);

    private static Dictionary<string, Entry> Clients() => new(StringComparer.Ordinal)
    {
        ["POST /api/clients"] = Entry.Open("takes no credential and no id where registration is open"),
        ["GET /api/clients/me"] = Entry.Of(Probe.Nothing("/api/clients/me")),
        ["PATCH /api/clients/me"] = Entry.Of(Probe.Nothing("/api/clients/me", """{"name":"taken"}""")),
        ["DELETE /api/clients/me"] = Entry.Open("names nothing but the credential's own client; asked at the end of the walk"),
    };

    private static Dictionary<string, Entry> Applications() => new(StringComparer.Ordinal)
    {
        ["GET /api/applications"] = Entry.Of(
            Probe.Nothing("/api/applications"),
            new Probe("cursor of applications", "/api/applications?limit=1&cursor=@")),
        ["POST /api/applications"] = Entry.Of(
            new Probe("idempotency key of applications", "/api/applications", """{"name":"x"}""") { Header = ("Idempotency-Key", "@") }),
        ["GET /api/applications/{applicationId}"] = Entry.Of(new Probe("application", "/api/applications/@")),
        ["PATCH /api/applications/{applicationId}"] = Entry.Of(new Probe("application", "/api/applications/@", """{"name":"taken"}""")),
        ["DELETE /api/applications/{applicationId}"] = Entry.Of(new Probe("application", "/api/applications/@")),
    };

    private static Dictionary<string, Entry> Keys() => new(StringComparer.Ordinal)
    {
        ["GET /api/keys"] = Entry.Of(
            Probe.Nothing("/api/keys"),
            new Probe("cursor of keys", "/api/keys?limit=1&cursor=@")),
        ["POST /api/keys"] = Entry.Of(
            new Probe("application", "/api/keys", """{"applicationId":"@","name":"x","scopes":["users:read"]}""")),
        ["GET /api/keys/{keyId}"] = Entry.Of(new Probe("key", "/api/keys/@")),
        ["DELETE /api/keys/{keyId}"] = Entry.Of(new Probe("key", "/api/keys/@")),
        ["POST /api/keys/{keyId}/rotate"] = Entry.Of(new Probe("key", "/api/keys/@/rotate", """{"overlapSeconds":0}""")),
    };

    private static Dictionary<string, Entry> Users() => new(StringComparer.Ordinal)
    {
        ["GET /api/users"] = Entry.Of(
            Probe.Nothing("/api/users"),
            new Probe("cursor of users", "/api/users?limit=1&cursor=@")),
        ["GET /api/users/{userId}"] = Entry.Of(new Probe("user", "/api/users/@") { Whom = Whom.OtherClient }),
        ["PUT /api/users/{userId}"] = Entry.Of(new Probe("user to make", "/api/users/@", """{"name":"taken"}""")),
        ["DELETE /api/users/{userId}"] = Entry.Of(
            new Probe("user", "/api/users/@"),
            new Probe("user to make", "/api/users/@")),
        ["POST /api/users/batch"] = Entry.Of(
            new Probe("user of a batch", "/api/users/batch", """{"users":[{"id":"@","name":"taken"}]}"""),
            new Probe("idempotency key of users", "/api/users/batch", """{"users":[{"id":"zoe"}]}""") { Header = ("Idempotency-Key", "@") }),
    };

    private static Dictionary<string, Entry> Tokens() => new(StringComparer.Ordinal)
    {
        ["POST /api/tokens"] = Entry.Of(
            new Probe("user", "/api/tokens", """{"userId":"@"}"""),
            new Probe("device", "/api/tokens", """{"userId":"{self}","deviceId":"@"}""")),
        ["POST /api/tokens/refresh"] = Entry.Open("takes no credential and no id, only the secret itself"),
        ["POST /api/tokens/revoke"] = Entry.Of(
            new Probe("session", "/api/tokens/revoke", """{"sessionId":"@"}"""),
            new Probe("session", "/api/tokens/revoke", """{"sessionId":"@","userId":"{self}"}"""),
            new Probe("device", "/api/tokens/revoke", """{"deviceId":"@","userId":"{self}"}"""),
            new Probe("user", "/api/tokens/revoke", """{"userId":"@","all":true}""")),
        ["GET /api/sessions"] = Entry.Of(
            new Probe("user", "/api/sessions?userId=@"),
            new Probe("cursor of sessions", "/api/sessions?userId={self}&limit=1&cursor=@"),
            Probe.Nothing("/api/sessions?userId={self}")),
    };

    private static Dictionary<string, Entry> Conversations() => new(StringComparer.Ordinal)
    {
        ["GET /api/conversations"] = Entry.Of(
            Probe.Nothing("/api/conversations"),
            new Probe("cursor of conversations", "/api/conversations?limit=1&cursor=@"),
            new Probe("user", "/api/conversations") { Header = ("Caas-User", "@") }),
        ["POST /api/conversations"] = Entry.Of(
            new Probe("user", "/api/conversations", """{"type":"group","members":["@"]}""") { Whom = Whom.OtherClient },
            new Probe("user", "/api/conversations", """{"type":"direct","members":["@"]}""") { Whom = Whom.OtherClient },
            new Probe("user", "/api/conversations", """{"type":"group"}""") { Whom = Whom.OtherClient, Header = ("Caas-User", "@") },
            new Probe("idempotency key of conversations", "/api/conversations", """{"type":"group"}""") { Header = ("Idempotency-Key", "@") }),
        ["GET /api/conversations/{conversationId}"] = Entry.Of(new Probe("conversation", "/api/conversations/@")),
        ["PATCH /api/conversations/{conversationId}"] = Entry.Of(
            new Probe("conversation", "/api/conversations/@", """{"name":"taken"}"""),
            new Probe("conversation", "/api/conversations/@", """{"name":"taken"}""") { Header = ("If-Match", "\"1\"") }),
        ["DELETE /api/conversations/{conversationId}"] = Entry.Of(new Probe("conversation", "/api/conversations/@")),
        ["GET /api/conversations/{conversationId}/sequence"] = Entry.Of(
            new Probe("conversation", "/api/conversations/@/sequence"),
            new Probe("conversation", "/api/conversations/@/sequence?proof=1")),
    };

    private static Dictionary<string, Entry> Members() => new(StringComparer.Ordinal)
    {
        ["GET /api/conversations/{conversationId}/members"] = Entry.Of(
            new Probe("conversation", "/api/conversations/@/members"),
            new Probe("cursor of members", "/api/conversations/{own}/members?limit=1&cursor=@")),
        ["POST /api/conversations/{conversationId}/members"] = Entry.Of(
            new Probe("conversation", "/api/conversations/@/members", """{"userId":"{self}"}"""),
            new Probe("user", "/api/conversations/{own}/members", """{"userId":"@"}""") { Whom = Whom.OtherClient },
            new Probe("idempotency key of members", "/api/conversations/{own}/members", """{"userId":"{self}","role":"none"}""") { Header = ("Idempotency-Key", "@") }),
        ["PATCH /api/conversations/{conversationId}/members/{userId}"] = Entry.Of(
            new Probe("conversation", "/api/conversations/@/members/ann", """{"role":"guest"}"""),
            new Probe("user", "/api/conversations/{own}/members/@", """{"role":"guest"}""")),
        ["DELETE /api/conversations/{conversationId}/members/{userId}"] = Entry.Of(
            new Probe("conversation", "/api/conversations/@/members/{self}"),
            new Probe("conversation", "/api/conversations/@/members/ann"),
            new Probe("user", "/api/conversations/{own}/members/@")),
    };

    private static Dictionary<string, Entry> Messages() => new(StringComparer.Ordinal)
    {
        ["POST /api/messages"] = Entry.Of(
            new Probe("conversation", "/api/messages", """{"conversationId":"@","clientMessageId":"{n}","text":"x"}"""),
            new Probe("message", "/api/messages", """{"conversationId":"{own}","clientMessageId":"{n}","text":"x","replyTo":"@"}"""),
            new Probe("user", "/api/messages", """{"conversationId":"{own}","clientMessageId":"{n}","text":"x","mentions":["@"]}"""),
            new Probe("clientMessageId", "/api/messages", """{"conversationId":"{own}","clientMessageId":"@","text":"x"}"""),
            new Probe("user", "/api/messages", Send) { Whom = Whom.OtherClient, Header = ("Caas-User", "@") },
            new Probe("idempotency key of messages", "/api/messages", Send) { Header = ("Idempotency-Key", "@") }),
        ["GET /api/messages/{messageId}"] = Entry.Of(new Probe("message", "/api/messages/@")),
        ["PATCH /api/messages/{messageId}"] = Entry.Of(
            new Probe("message", "/api/messages/@", """{"text":"taken"}"""),
            new Probe("message", "/api/messages/@", """{"text":"taken"}""") { Header = ("If-Match", "\"1\"") }),
        ["DELETE /api/messages/{messageId}"] = Entry.Of(new Probe("message", "/api/messages/@")),
        ["GET /api/messages/{messageId}/revisions"] = Entry.Of(new Probe("message", "/api/messages/@/revisions")),
        ["GET /api/messages/{messageId}/replies"] = Entry.Of(
            new Probe("message", "/api/messages/@/replies"),
            new Probe("cursor of replies", "/api/messages/{ownMessage}/replies?limit=1&cursor=@")),
        ["PUT /api/messages/{messageId}/pin"] = Entry.Of(new Probe("message", "/api/messages/@/pin")),
        ["DELETE /api/messages/{messageId}/pin"] = Entry.Of(new Probe("message", "/api/messages/@/pin")),
        ["PUT /api/messages/{messageId}/reactions/{emoji}"] = Entry.Of(new Probe("message", "/api/messages/@/reactions/ok")),
        ["DELETE /api/messages/{messageId}/reactions/{emoji}"] = Entry.Of(new Probe("message", "/api/messages/@/reactions/yes")),
        ["GET /api/conversations/{conversationId}/messages"] = Entry.Of(
            new Probe("conversation", "/api/conversations/@/messages"),
            new Probe("conversation", "/api/conversations/@/messages?around=1"),
            new Probe("conversation", "/api/conversations/@/messages?after=0"),
            new Probe("cursor of messages", "/api/conversations/{own}/messages?limit=1&cursor=@")),
    };

    private static Dictionary<string, Entry> Others() => new(StringComparer.Ordinal)
    {
        ["PUT /api/conversations/{conversationId}/read"] = Entry.Of(new Probe("conversation", "/api/conversations/@/read", """{"sequence":1}""")),
        ["GET /api/unread"] = Entry.Of(Probe.Nothing("/api/unread")),
        ["GET /api/presence"] = Entry.Of(new Probe("user", "/api/presence?userIds=@")),
        ["POST /api/sync"] = Entry.Of(
            Probe.Nothing("/api/sync", "{}"),
            new Probe("conversation", "/api/sync", """{"conversations":{"@":0}}"""),
            new Probe("conversation", "/api/sync", """{"conversations":{"@":6}}""") { Whom = Whom.NeverMembers },
            new Probe("conversation", "/api/sync", """{"conversations":{"@":1000}}"""),
            new Probe("user", "/api/sync", "{}") { Header = ("Caas-User", "@"), Whom = Whom.OtherClient },
            new Probe("cursor of sync", "/api/sync", """{"cursor":"@"}""")),
    };

    private static Dictionary<string, Entry> Platform() => new(StringComparer.Ordinal)
    {
        ["GET /api/platform/clients"] = Entry.Of(
            Probe.Nothing("/api/platform/clients"),
            new Probe("cursor of clients", "/api/platform/clients?limit=1&cursor=@")),
        ["GET /api/platform/clients/{clientId}/limits"] = Entry.Of(new Probe("client", "/api/platform/clients/@/limits")),
        ["PUT /api/platform/clients/{clientId}/limits"] = Entry.Of(
            new Probe("client", "/api/platform/clients/@/limits", """{"perUserPerMinute":1}""")),
        ["GET /api/platform/health"] = Entry.Of(Probe.Nothing("/api/platform/health")),
        ["GET /api/platform/lag"] = Entry.Of(Probe.Nothing("/api/platform/lag")),
        ["GET /api/platform/topics"] = Entry.Of(Probe.Nothing("/api/platform/topics")),
        ["GET /api/platform/signing-keys"] = Entry.Of(Probe.Nothing("/api/platform/signing-keys")),
        ["POST /api/platform/signing-keys/rotate"] = Entry.Of(Probe.Nothing("/api/platform/signing-keys/rotate", "{}")),
        ["GET /api/platform/dead-letters"] = Entry.Of(Probe.Nothing("/api/platform/dead-letters")),
        ["GET /api/platform/dead-letters/{letterId}"] = Entry.Of(new Probe("letter", "/api/platform/dead-letters/@")),
        ["POST /api/platform/dead-letters/{letterId}/replay"] = Entry.Of(new Probe("letter", "/api/platform/dead-letters/@/replay", "{}")),
        ["DELETE /api/platform/dead-letters/{letterId}"] = Entry.Of(new Probe("letter", "/api/platform/dead-letters/@")),
    };

    private static Dictionary<string, Entry> Open()
    {
        var open = Entry.Open("takes no credential and no id, and tells of no client");
        return new(StringComparer.Ordinal)
        {
            ["* /health"] = open,
            ["* /alive"] = open,
            ["* /socket.io"] = Entry.Open("the commands have a table of their own"),
            ["GET /.well-known/jwks.json"] = open,
            ["GET /.well-known/openid-configuration"] = open,
        };
    }

    private static Dictionary<string, Entry> SchemaRegistry()
    {
        var registry = Entry.Open("has a listener of its own and holds schemas only, which are the product's");
        return new(StringComparer.Ordinal)
        {
            ["GET /"] = registry,
            ["* /associations/{**rest}"] = registry,
            ["GET /config"] = registry,
            ["PUT /config"] = registry,
            ["GET /config/{subject}"] = registry,
            ["PUT /config/{subject}"] = registry,
            ["GET /schemas/ids/{id}"] = registry,
            ["GET /schemas/types"] = registry,
            ["GET /subjects"] = registry,
            ["POST /subjects/{subject}"] = registry,
            ["GET /subjects/{subject}/versions"] = registry,
            ["POST /subjects/{subject}/versions"] = registry,
            ["GET /subjects/{subject}/versions/{version}"] = registry,
            ["POST /compatibility/subjects/{subject}/versions"] = registry,
            ["POST /compatibility/subjects/{subject}/versions/{version}"] = registry,
        };
    }
}
