using System.Net;
using System.Text.Json;

namespace Caas.Tests.Support;

/// <summary>A client of the product, as its own back end sees it.</summary>
public sealed class Tenant
{
    private Tenant(Uri url, string secret, JsonElement registration)
    {
        Secret = secret;
        Registration = registration;
        Key = new ApiClient(url, secret);
    }

    /// <summary>The API key.</summary>
    public string Secret { get; }

    /// <summary>Speaks with the API key.</summary>
    public ApiClient Key { get; }

    public JsonElement Registration { get; }

    public string ClientId => Registration.GetProperty("client").GetProperty("id").GetString()!;

    public static async Task<Tenant> RegisterAsync(Uri url, string name = "Acme", string email = "dev@acme.example")
    {
        var answer = await new ApiClient(url).PostAsync("/api/clients", new { name, email });
        answer.ShouldBe(HttpStatusCode.Created);
        return new Tenant(url, answer["apiKey"].GetProperty("key").GetString()!, answer.Json);
    }

    /// <summary>The same client at the address of another start.</summary>
    public Tenant At(Uri url) => new(url, Secret, Registration);

    /// <summary>Makes a user and a token for one of their devices.</summary>
    public async Task<Person> AddPersonAsync(string userId)
    {
        (await Key.PutAsync($"/api/users/{userId}", new { name = userId })).Status
            .ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.OK);
        var minted = (await Key.PostAsync("/api/tokens", new { userId })).ShouldBe(HttpStatusCode.Created);
        return new Person(Key.Url, userId, minted["accessToken"].GetString()!, minted.Json);
    }
}

/// <summary>A user on one device.</summary>
/// <param name="Url">The address of the API.</param>
/// <param name="UserId">Who they are.</param>
/// <param name="Token">The access token.</param>
/// <param name="Minted">The answer that brought it.</param>
public sealed record Person(Uri Url, string UserId, string Token, JsonElement Minted)
{
    public ApiClient Api { get; } = new(Url, Token);

    /// <summary>The same device at the address of another start.</summary>
    public Person At(Uri url) => new(url, UserId, Token, Minted);

    /// <summary>Makes a group and gives its id.</summary>
    public async Task<string> CreateGroupAsync(params string[] members) => await CreateGroupAsync("all", members);

    public async Task<string> CreateGroupAsync(string history, string[] members)
    {
        var created = await Api.PostAsync("/api/conversations", new { type = "group", members, history });
        return created.ShouldBe(HttpStatusCode.Created)["id"].GetString()!;
    }

    /// <summary>Sends, and gives the answer whatever it is.</summary>
    public Task<ApiAnswer> TrySendAsync(string conversationId, string clientMessageId, string text) =>
        Api.PostAsync("/api/messages", new { conversationId, clientMessageId, text });

    /// <summary>Sends a text that is its own <c>clientMessageId</c>, and gives the message.</summary>
    public async Task<JsonElement> SendAsync(string conversationId, string text) =>
        (await TrySendAsync(conversationId, text, text)).ShouldBe(HttpStatusCode.Created).Json;

    /// <summary>A page of history; <paramref name="query"/> begins with a question mark.</summary>
    public async Task<ApiAnswer> ListMessagesAsync(string conversationId, string query = "") =>
        (await Api.GetAsync($"/api/conversations/{conversationId}/messages{query}")).ShouldBe(HttpStatusCode.OK);

    /// <summary>All messages, oldest first, by cursor.</summary>
    public async Task<IReadOnlyList<JsonElement>> ReadHistoryAsync(string conversationId)
    {
        var all = new List<JsonElement>();
        for (var query = "?limit=200"; ;)
        {
            var page = await ListMessagesAsync(conversationId, query);
            all.AddRange(page["items"].EnumerateArray());
            if (page["nextCursor"].GetString() is not { } cursor)
            {
                all.Reverse();
                return all;
            }

            query = $"?limit=200&cursor={Uri.EscapeDataString(cursor)}";
        }
    }

    public async Task<ApiAnswer> SyncAsync(object request) =>
        (await Api.PostAsync("/api/sync", request)).ShouldBe(HttpStatusCode.OK);

    /// <summary>Follows a cursor until there is no more; gives all changes and the new cursor.</summary>
    public async Task<(IReadOnlyList<JsonElement> Changes, IReadOnlyList<JsonElement> Conversations, string Cursor)> CatchUpAsync(string? cursor)
    {
        var changes = new List<JsonElement>();
        var conversations = new List<JsonElement>();
        while (true)
        {
            var page = await SyncAsync(cursor is null ? new { limit = 1000 } : new { cursor, limit = 1000 });
            changes.AddRange(page["changes"].EnumerateArray());
            conversations.AddRange(page["conversations"].EnumerateArray());
            cursor = page["cursor"].GetString()!;
            if (!page["hasMore"].GetBoolean())
            {
                return (changes, conversations, cursor);
            }
        }
    }

    /// <summary>Connects over Socket.IO and waits until the session is ready.</summary>
    public async Task<ChatSocket> ConnectAsync()
    {
        var socket = await ChatSocket.ConnectAsync(Url, Token);
        await socket.WaitForAsync("session.ready");
        return socket;
    }
}
