using System.Text.Json;
using System.Text.RegularExpressions;
using Caas.Domain.Events;
using Caas.Tests.Gateway;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Isolation;

/// <summary>
/// A client with something of every kind, and what it looks like from inside. Ann owns a conversation with Ben; Eve was
/// in it; Ned never was.
/// </summary>
internal sealed partial class Victim
{
    /// <summary>What no stranger may ever get to read.</summary>
    public const string Canary = "canary-8f41";

    private readonly GatewayHost _host;
    private readonly TestClient _client;
    private readonly Dictionary<string, (string Foreign, string Random)> _foreign = new(StringComparer.Ordinal);
    private readonly List<string> _clientsOwn = [];
    private readonly List<string> _conversationsOwn = [];
    private readonly List<string> _messages = [];
    private int _sent;

    private Victim(GatewayHost host, TestClient client) => (_host, _client) = (host, client);

    /// <summary>The API key.</summary>
    public string Key => _client.Key;

    /// <summary>The owner's device.</summary>
    public required TestTokens Ann { get; init; }

    /// <summary>A member's device.</summary>
    public required TestTokens Ben { get; init; }

    /// <summary>The device of one who was a member.</summary>
    public required TestTokens Eve { get; init; }

    /// <summary>The device of one who never was.</summary>
    public required TestTokens Ned { get; init; }

    /// <summary>The conversation.</summary>
    public string Conversation { get; private set; } = string.Empty;

    /// <summary>An id of each kind, and one of the same kind that names nothing.</summary>
    public IReadOnlyDictionary<string, (string Foreign, string Random)> Foreign => _foreign;

    public static async Task<Victim> MakeAsync(GatewayHost host)
    {
        var client = await host.RegisterAsync(Canary);
        var victim = new Victim(host, client)
        {
            Ann = await host.SignInAsync(client, "ann"),
            Ben = await host.SignInAsync(client, "ben"),
            Eve = await host.SignInAsync(client, "eve"),
            Ned = await host.SignInAsync(client, "ned"),
        };
        await victim.TalkAsync();
        await victim.FillAsync();
        await victim.NameAsync();
        return victim;
    }

    /// <summary>Eve goes; from then on the conversation is none of hers.</summary>
    public async Task RemoveEveAsync() =>
        await DoAsync(HttpMethod.Delete, $"/api/conversations/{Conversation}/members/eve", Ann.Access, body: null, 204);

    /// <summary>Everything that happens in a conversation, once; gives a text of it that comes last.</summary>
    public async Task<string> BeBusyAsync()
    {
        var sent = await SendAsync(Ann.Access, Conversation, $"{Canary} busy");
        await DoAsync(HttpMethod.Patch, $"/api/messages/{sent}", Ann.Access, $$"""{"text":"{{Canary}} edited"}""", 200);
        await DoAsync(HttpMethod.Put, $"/api/messages/{sent}/reactions/{Canary}", Ben.Access, body: null, 204);
        await DoAsync(HttpMethod.Put, $"/api/messages/{sent}/pin", Ann.Access, body: null, 204);
        await DoAsync(HttpMethod.Put, $"/api/conversations/{Conversation}/read", Ben.Access, """{"sequence":3}""", 200);
        await DoAsync(HttpMethod.Patch, $"/api/conversations/{Conversation}", Ann.Access, $$"""{"name":"{{Canary}} again"}""", 200);
        await DoAsync(HttpMethod.Delete, $"/api/messages/{sent}", Ann.Access, body: null, 204);
        var last = $"{Canary} last";
        await SendAsync(Ann.Access, Conversation, last);
        return last;
    }

    /// <summary>What <paramref name="sameClient"/> must not get to read, beside the id that was asked for.</summary>
    public IEnumerable<string> Secrets(bool sameClient) =>
        sameClient ? [Canary, .. _conversationsOwn] : [Canary, .. _conversationsOwn, .. _clientsOwn];

    /// <summary>The victim as it sees itself: every resource, without what reading it changes.</summary>
    public async Task<IReadOnlyDictionary<string, string>> LookAsync()
    {
        var state = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Paths())
        {
            var answer = await _host.GetAsync(path, Key);
            answer.Status.ShouldBe(200, $"{path}: {answer.Text}");
            state[path] = LastUse.Replace(answer.Text, string.Empty);
        }

        state["limits"] = (await _host.GetAsync($"/api/platform/clients/{_client.Id}/limits", GatewayHost.PlatformKey)).Text;
        state["unread"] = (await _host.GetAsync("/api/unread", Ann.Access)).Text;
        state["changes"] = (await _host.PostAsync(
            "/api/sync", Ann.Access, $$$"""{"conversations":{"{{{Conversation}}}":1},"limit":1000}""")).Text;
        state["letters"] = (await _host.GetAsync("/api/platform/dead-letters", GatewayHost.PlatformKey)).Text;
        state["signing keys"] = (await _host.GetAsync("/api/platform/signing-keys", GatewayHost.PlatformKey)).Text;
        return state;
    }

    private IEnumerable<string> Paths() =>
    [
        "/api/clients/me",
        "/api/applications",
        "/api/keys",
        "/api/users?limit=200",
        "/api/sessions?userId=ann",
        "/api/sessions?userId=ben",
        $"/api/conversations/{Conversation}",
        $"/api/conversations/{Conversation}/sequence",
        $"/api/conversations/{Conversation}/members",
        $"/api/conversations/{Conversation}/messages?limit=200",
        .. _messages.SelectMany(id => new[] { $"/api/messages/{id}", $"/api/messages/{id}/revisions", $"/api/messages/{id}/replies" }),
    ];

    private async Task TalkAsync()
    {
        Conversation = IdOf(await MakeAsync(
            "/api/conversations", Ann.Access, $$"""{"type":"group","members":["ben","eve"],"name":"{{Canary}} name"}"""));
        var first = await SendAsync(Ann.Access, Conversation, $"{Canary} one");
        _messages.Add(first);
        _messages.Add(await SendAsync(Ann.Access, Conversation, $"{Canary} two", first));
        await SendAsync(Ann.Access, Conversation, $"{Canary} three", first);
        await DoAsync(HttpMethod.Patch, $"/api/messages/{first}", Ann.Access, $$"""{"text":"{{Canary}} one again"}""", 200);
        await DoAsync(HttpMethod.Put, $"/api/messages/{first}/reactions/yes", Ben.Access, body: null, 204);
        await DoAsync(HttpMethod.Put, $"/api/messages/{first}/pin", Ann.Access, body: null, 204);
        await MakeAsync("/api/conversations", Ann.Access, """{"type":"direct","members":["ben"]}""");
    }

    // A second of everything that is listed, so that its first page has a cursor; and the idempotency keys.
    private async Task FillAsync()
    {
        await MakeAsync("/api/applications", Key, """{"name":"x"}""", ("Idempotency-Key", "key-applications"));
        await MakeAsync("/api/users/batch", Key, """{"users":[{"id":"zoe"}]}""", ("Idempotency-Key", "key-users"));
        await MakeAsync("/api/users/batch", Key, """{"users":[{"id":"cem"},{"id":"dan"}]}""");
        await MakeAsync("/api/conversations", Ann.Access, """{"type":"group"}""", ("Idempotency-Key", "key-conversations"));
        await MakeAsync($"/api/conversations/{Conversation}/members", Ann.Access, """{"userId":"zoe"}""", ("Idempotency-Key", "key-members"));
        await MakeAsync(
            "/api/messages",
            Ann.Access,
            $$"""{"conversationId":"{{Conversation}}","clientMessageId":"victims-own","text":"{{Canary}}"}""",
            ("Idempotency-Key", "key-messages"));
        await MakeAsync("/api/keys", Key, $$"""{"applicationId":"{{_client.ApplicationId}}","name":"x","scopes":["users:read"]}""");
        await _host.SignInAsync(_client, "ann");
    }

    private async Task NameAsync()
    {
        var letter = DeadLetterId.Of("delivery", Topics.Events, 0, 7, DateTimeOffset.UnixEpoch);
        await AddLetterAsync(letter);
        Name("conversation", Conversation, Random("conv"));
        Name("message", _messages[0], Random("msg"));
        Name("client", _client.Id, Random("client"));
        Name("application", _client.ApplicationId, Random("app"));
        Name("key", _client.KeyId, Random("key"));
        Name("session", Ann.SessionId, Random("session"));
        Name("device", Ann.DeviceId, Random("device"));
        Name("letter", letter.ToString(), Random("letter"));
        Name("user", "ben", "somebody");
        Name("user to make", "cem", "somebody-new");
        Name("user of a batch", "dan", "somebody-else");
        Name("clientMessageId", "victims-own", "own-of-nobody");
        foreach (var creation in new[] { "applications", "users", "conversations", "members", "messages" })
        {
            Name($"idempotency key of {creation}", $"key-{creation}", $"random-{creation}");
        }

        await NameCursorsAsync();
        _clientsOwn.AddRange([_client.Id, _client.ApplicationId, _client.KeyId]);
        _conversationsOwn.AddRange([Conversation, .. _messages, Ann.SessionId, Ann.DeviceId, Ben.SessionId, letter.ToString()]);
    }

    private async Task NameCursorsAsync()
    {
        await CursorAsync("applications", "/api/applications?limit=1", Key);
        await CursorAsync("keys", "/api/keys?limit=1", Key);
        await CursorAsync("users", "/api/users?limit=1", Key);
        await CursorAsync("sessions", "/api/sessions?userId=ann&limit=1", Key);
        await CursorAsync("conversations", "/api/conversations?limit=1", Ann.Access);
        await CursorAsync("members", $"/api/conversations/{Conversation}/members?limit=1", Ann.Access);
        await CursorAsync("messages", $"/api/conversations/{Conversation}/messages?limit=1", Ann.Access);
        await CursorAsync("replies", $"/api/messages/{_messages[0]}/replies?limit=1", Ann.Access);
        await CursorAsync("clients", "/api/platform/clients?limit=1", GatewayHost.PlatformKey);
        var synced = await _host.PostAsync("/api/sync", Ann.Access, "{}");
        NameCursor("sync", synced.Json.GetProperty("cursor").GetString());
    }

    private async Task CursorAsync(string list, string path, string credential) =>
        NameCursor(list, (await _host.GetAsync(path, credential)).Json.GetProperty("nextCursor").GetString());

    // The random one has the same form: only the seal can tell.
    private void NameCursor(string list, string? cursor)
    {
        var random = cursor.ShouldNotBeNull(list).ToCharArray();
        random[3] = random[3] == 'A' ? 'B' : 'A';
        Name($"cursor of {list}", cursor, new string(random));
    }

    private async Task AddLetterAsync(DeadLetterId id) =>
        (await _host.Services.GetRequiredService<IDeadLetterStore>().AddAsync(
            new DeadLetter
            {
                Id = id,
                Topic = Topics.Events,
                Partition = 0,
                Offset = 7,
                Key = Conversation,
                EventId = null,
                Consumer = "delivery",
                Attempts = 5,
                Reason = Canary,
                AppendedAt = DateTimeOffset.UnixEpoch,
                FailedAt = TimeProvider.System.GetUtcNow(),
                Value = new byte[] { 1 },
                TraceParent = null,
            },
            GatewayHost.Ct)).ShouldBeTrue();

    private void Name(string kind, string foreign, string random) => _foreign.Add(kind, (foreign, random));

    private static string Random(string prefix) => $"{prefix}_01m876tr7me2bv28tg7fe3fkrb";

    private async Task<string> SendAsync(string credential, string conversation, string text, string? replyTo = null)
    {
        var reply = replyTo is null ? string.Empty : $",\"replyTo\":\"{replyTo}\"";
        return IdOf(await MakeAsync(
            "/api/messages",
            credential,
            $$"""{"conversationId":"{{conversation}}","clientMessageId":"{{++_sent}}","text":"{{text}}"{{reply}}}"""));
    }

    private async Task<JsonElement> MakeAsync(string path, string credential, string body, params (string Name, string Value)[] headers)
    {
        var answer = await _host.PostAsync(path, credential, body, headers);
        answer.Status.ShouldBe(201, $"{path}: {answer.Text}");
        return answer.Json;
    }

    private async Task DoAsync(HttpMethod method, string path, string credential, string? body, int status)
    {
        var answer = await _host.SendAsync(method, path, credential, body);
        answer.Status.ShouldBe(status, $"{method} {path}: {answer.Text}");
    }

    private static string IdOf(JsonElement made) => made.GetProperty("id").GetString()!;

    [GeneratedRegex("\"lastUsedAt\":(null|\"[^\"]*\"),?", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LastUse { get; }
}
