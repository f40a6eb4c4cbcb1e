using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Caas.Domain.Events;
using Caas.Http;
using Caas.Tests.Gateway;
using Caas.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Faults;

/// <summary>
/// A life of the product with canaries in everything that is secret or somebody's: what is asked for and given, what is
/// refused, what fails, what is erased.
/// </summary>
internal sealed class LeakRun(LeakHost host)
{
    private readonly List<string> _refusals = [];
    private Tenant _tenant = null!;
    private Person _ann = null!;
    private Person _ben = null!;
    private string _conversation = "";

    /// <summary>Keys and tokens: nowhere but in their one answer.</summary>
    public LeakCanaries Secrets { get; } = new();

    /// <summary>What persons and clients wrote: in the client's own file and the event log alone.</summary>
    public LeakCanaries Content { get; } = new();

    /// <summary>What the platform keeps of a client, and no log tells.</summary>
    public LeakCanaries Registration { get; } = new();

    /// <summary>Every refusal as its caller got it.</summary>
    public IReadOnlyList<string> Refusals => _refusals;

    public string ClientFile => _tenant.ClientId;

    /// <summary>Everything that goes well.</summary>
    public async Task LiveAsync()
    {
        Secrets.Add("platform key", GatewayHost.PlatformKey);
        Secrets.AddBytes("cursor key", host.Services.GetRequiredService<DeploymentSecrets>().CursorKey.Span);
        Secrets.AddBytes("refresh key", host.Services.GetRequiredService<DeploymentSecrets>().RefreshKey.Span);
        _tenant = await Tenant.RegisterAsync(host.Url, Registration.Make("client name"), $"{Registration.Make("e-mail")}@acme.example");
        AddSecret("API key", _tenant.Secret);
        _ann = await AddAsync("ann");
        _ben = await AddAsync("ben");
        _conversation = await WriteAsync();
        await RotateAsync();
    }

    /// <summary>Everything that is refused, with a canary where the fault is.</summary>
    public async Task BeRefusedAsync()
    {
        foreach (var credential in new[] { Secrets.Make("Authorization header"), _ann.Token[..^4] + "AAAA", _tenant.Secret[..^4] + "AAAA" })
        {
            await RefuseAsync(new ApiClient(host.Url, credential).GetAsync("/api/conversations"));
            await Should.ThrowAsync<SocketRefusedException>(() => ChatSocket.ConnectAsync(host.Url, credential));
        }

        await RefuseAsync(new ApiClient(host.Url).PostAsync("/api/tokens/refresh", new { refreshToken = Secrets.Make("a refresh token that is none") }));
        var text = Content.Make("a text that is refused");
        string[] bodies =
        [
            $$"""{"conversationId":"{{_conversation}}","clientMessageId":"1","text":"{{text}}""",
            $$"""{"conversationId":"{{_conversation}}","clientMessageId":"1","text":"{{text}}","text":"{{text}}"}""",
            $$"""{"conversationId":"{{_conversation}}","clientMessageId":"1","text":"{{text}}","mood":"{{text}}"}""",
            $$"""{"conversationId":"{{text}}","clientMessageId":"1","text":"{{text}}"}""",
            $$"""{"conversationId":"{{_conversation}}","clientMessageId":"1","text":"{{text}}","mentions":["{{text}} !"]}""",
            $$"""{"conversationId":"{{_conversation}}","clientMessageId":"1","text":"{{text}}","attributes":"{{text}}"}""",
            $$"""{"conversationId":"{{_conversation}}","clientMessageId":"first","text":"{{text}}"}""",
            $$"""{"conversationId":"{{_conversation}}","clientMessageId":"1","text":"{{text}}{{new string('x', 20_000)}}"}""",
            text,
        ];
        await using var socket = await _ann.ConnectAsync();
        foreach (var body in bodies)
        {
            await RefuseAsync(_ann.Api.PostRawAsync("/api/messages", body));
            if (body.EndsWith('}') && !body.Contains("\"text\":\"" + text + "\",\"text\"", StringComparison.Ordinal))
            {
                _refusals.Add((await socket.EmitAsync("message.send", JsonElement.Parse(body))).GetProperty("error").ToString());
            }
        }

        await RefuseAsync(_ann.Api.PostRawAsync("/api/messages", text, "text/plain"));
        await RefuseAsync(_tenant.Key.PutAsync("/api/users/cat", new { name = text + new string('x', 300) }));
        await RefuseAsync(_ann.Api.PostAsync("/api/conversations", new { type = text }));
        await RefuseAsync(_ann.Api.PostAsync("/api/conversations", new { type = "group", name = "other" }, idempotencyKey: "a-key"));
        await BreakTheProtocolAsync(text);
    }

    /// <summary>What fails inside: records that no consumer can read, and a file that somebody damaged.</summary>
    public async Task FailAsync()
    {
        var poison = Content.Make("content of a record that cannot be read");
        await host.Services.GetRequiredService<IEventStream>().AppendAsync(
            Topics.Events, [new StreamRecord("key", Encoding.UTF8.GetBytes("\0\0\0\0\u0001" + poison), TraceParent: null)], SocketIOHost.Ct);
        var platform = new ApiClient(host.Url, GatewayHost.PlatformKey);
        await host.UntilAsync(async () => (await platform.GetAsync("/api/platform/dead-letters"))["items"].GetArrayLength() > 0);
        _refusals.Add((await platform.GetAsync("/api/platform/dead-letters")).Text);
        await DamageAsync(Content.Make("content of a damaged row"));
        (await _ann.Api.GetAsync($"/api/conversations/{_conversation}/messages")).ShouldBeRefused(500, "internal_error");
        await RefuseAsync(_ann.Api.GetAsync($"/api/conversations/{_conversation}/messages"));
        await DamageAsync("{}");
        foreach (var letter in (await platform.GetAsync("/api/platform/dead-letters"))["items"].EnumerateArray().ToList())
        {
            await platform.SendAsync(HttpMethod.Delete, $"/api/platform/dead-letters/{letter.GetProperty("id").GetString()}");
        }
    }

    /// <summary>Erases one of Ben's messages, Ben, the whole conversation, and Ann.</summary>
    public async Task EraseAsync()
    {
        var history = await _ben.ReadHistoryAsync(_conversation);
        foreach (var message in history.Where(message => message.GetProperty("senderId").GetString() == "ben"))
        {
            (await _ben.Api.SendAsync(HttpMethod.Delete, $"/api/messages/{message.GetProperty("id").GetString()}"))
                .Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent);
        }

        await DeleteUserAsync("ben");
        await host.UntilAsync(async () => await CountAsync(
            _tenant.ClientId, "SELECT count(*) FROM members WHERE user_id = 'ben' AND left_version IS NULL") == 0);
        (await _ann.Api.SendAsync(HttpMethod.Delete, $"/api/conversations/{_conversation}")).ShouldBe(HttpStatusCode.NoContent);
        await DeleteUserAsync("ann");
    }

    /// <summary>Deletes the client with all that it owns.</summary>
    public async Task DeleteClientAsync()
    {
        (await _tenant.Key.SendAsync(HttpMethod.Delete, "/api/clients/me")).Status.ShouldBeOneOf(HttpStatusCode.NoContent, HttpStatusCode.Accepted);
        await host.UntilAsync(async () => await CountAsync("caas_platform", "SELECT count(*) FROM clients") == 0);
        Directory.EnumerateFiles(host.Folder, $"*{_tenant.ClientId}*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    // Also a part of its random end, or of its signature, alone: as much as a careless line might show.
    private void AddSecret(string name, string value)
    {
        Secrets.Add(name, value);
        Secrets.Add($"the secret part of {name}", value[^40..^8]);
    }

    private async Task<Person> AddAsync(string user)
    {
        (await _tenant.Key.PutAsync($"/api/users/{user}", new
        {
            name = Content.Make($"name of {user}"),
            avatarUrl = $"https://{Content.Make($"avatar of {user}")}.example/a.png",
            attributes = new { mood = Content.Make($"attribute of {user}") },
        })).ShouldBe(HttpStatusCode.Created);
        var minted = (await _tenant.Key.PostAsync("/api/tokens", new { userId = user })).ShouldBe(HttpStatusCode.Created);
        AddSecret($"access token of {user}", minted["accessToken"].GetString()!);
        AddSecret($"refresh token of {user}", minted["refreshToken"].GetString()!);
        return new Person(host.Url, user, minted["accessToken"].GetString()!, minted.Json);
    }

    private async Task<string> WriteAsync()
    {
        string[] members = ["ben"];
        var attributes = new { topic = Content.Make("attribute of the conversation") };
        var created = await _ann.Api.PostAsync(
            "/api/conversations", new { type = "group", members, name = Content.Make("name of the conversation"), attributes }, idempotencyKey: "a-key");
        var conversation = created.ShouldBe(HttpStatusCode.Created)["id"].GetString()!;
        await using var socket = await _ben.ConnectAsync();
        var first = await SendAsync(_ann, conversation, "first", "text over HTTP");
        (await _ann.Api.SendAsync(HttpMethod.Patch, $"/api/messages/{first}", JsonBody(new { text = Content.Make("text of an edit") }))).ShouldBe(HttpStatusCode.OK);
        (await socket.EmitAsync("message.send", new
        {
            conversationId = conversation,
            clientMessageId = "second",
            text = Content.Make("text over a socket"),
            attributes = new { mood = Content.Make("attribute over a socket") },
        })).GetProperty("ok").GetBoolean().ShouldBeTrue();
        await socket.WaitForAsync("message.edited");
        await _ben.CatchUpAsync(cursor: null);
        return conversation;
    }

    private async Task<string> SendAsync(Person person, string conversation, string id, string name)
    {
        var body = new { conversationId = conversation, clientMessageId = id, text = Content.Make(name), attributes = new { mood = Content.Make($"attribute of {name}") } };
        var sent = await person.Api.PostAsync("/api/messages", body, idempotencyKey: id);
        return sent.ShouldBe(HttpStatusCode.Created)["id"].GetString()!;
    }

    private async Task RotateAsync()
    {
        var applicationId = _tenant.Registration.GetProperty("application").GetProperty("id").GetString();
        var made = (await _tenant.Key.PostAsync("/api/keys", new { applicationId, name = "second" })).ShouldBe(HttpStatusCode.Created);
        AddSecret("second API key", made["key"].GetString()!);
        var rotated = await _tenant.Key.PostAsync($"/api/keys/{made["id"].GetString()}/rotate", new { });
        AddSecret("rotated API key", rotated.ShouldBe(HttpStatusCode.OK)["key"].GetString()!);
        var refreshed = await new ApiClient(host.Url)
            .PostAsync("/api/tokens/refresh", new { refreshToken = _ben.Minted.GetProperty("refreshToken").GetString() });
        AddSecret("second access token of ben", refreshed.ShouldBe(HttpStatusCode.OK)["accessToken"].GetString()!);
        AddSecret("second refresh token of ben", refreshed["refreshToken"].GetString()!);
    }

    private async Task BreakTheProtocolAsync(string text)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{host.Url.Authority}/socket.io/?EIO=4&transport=websocket"), SocketIOHost.Ct);
        await socket.SendAsync(Encoding.UTF8.GetBytes("9" + text), WebSocketMessageType.Text, endOfMessage: true, SocketIOHost.Ct);
        var buffer = new byte[4096];
        while (socket.State == WebSocketState.Open)
        {
            var part = await socket.ReceiveAsync(buffer, SocketIOHost.Ct);
            _refusals.Add(socket.CloseStatusDescription + Encoding.UTF8.GetString(buffer, 0, part.Count));
        }
    }

    // Somebody's editor, or a disk that forgets: the row is no JSON any more.
    private async Task DamageAsync(string attributes)
    {
        var file = Directory.EnumerateFiles(host.Folder, "*.db", SearchOption.AllDirectories)
            .Single(path => Path.GetFileName(path).Contains(_tenant.ClientId, StringComparison.Ordinal));
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(SocketIOHost.Ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA secure_delete = ON; UPDATE messages SET attributes = $attributes";
        command.Parameters.AddWithValue("$attributes", attributes);
        (await command.ExecuteNonQueryAsync(SocketIOHost.Ct)).ShouldBe(2);
    }

    private async Task DeleteUserAsync(string user) =>
        (await _tenant.Key.SendAsync(HttpMethod.Delete, $"/api/users/{user}")).ShouldBe(HttpStatusCode.NoContent);

    private async Task<long> CountAsync(string name, string sql)
    {
        var file = Directory.EnumerateFiles(host.Folder, "*.db", SearchOption.AllDirectories)
            .Single(path => Path.GetFileName(path).Contains(name, StringComparison.Ordinal));
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False;Mode=ReadOnly");
        await connection.OpenAsync(SocketIOHost.Ct);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)(await command.ExecuteScalarAsync(SocketIOHost.Ct))!;
    }

    private static StringContent JsonBody(object body) =>
        new(JsonSerializer.Serialize(body, JsonSerializerOptions.Web), Encoding.UTF8, "application/json");

    private async Task RefuseAsync(Task<ApiAnswer> request)
    {
        var answer = await request;
        ((int)answer.Status).ShouldBeGreaterThanOrEqualTo(400, answer.Text);
        _refusals.Add(string.Join('\n', answer.Headers.Select(header => $"{header.Key}: {header.Value}").Append(answer.Text)));
    }
}
