using System.Net.Http.Json;
using System.Text.Json;

namespace Caas.Bench.Drivers;

/// <summary>The calls that set a scene; they are not measured.</summary>
internal sealed class ApiClient : IDisposable
{
    private const int PerRequest = 100;

    private readonly HttpClient _http;

    public ApiClient(Uri url) => _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = url };

    /// <summary>Registers a client and gives its API key.</summary>
    public async Task<string> RegisterAsync(CancellationToken cancellationToken)
    {
        var body = await PostAsync("/api/clients", credential: null, new { name = "Bench", email = "bench@caas.test" }, cancellationToken);
        return body.GetProperty("apiKey").GetProperty("key").GetString()!;
    }

    /// <summary>Makes users u0, u1 ... and gives an access token of each.</summary>
    public async Task<string[]> CreateUsersAsync(string key, int count, CancellationToken cancellationToken)
    {
        foreach (var ids in Enumerable.Range(0, count).Select(UserId).Chunk(PerRequest))
        {
            await PostAsync("/api/users/batch", key, new { users = ids.Select(id => new { id }) }, cancellationToken);
        }

        var tokens = new string[count];
        await AtOnce.RunAsync(count, async (user, cancel) =>
        {
            var body = await PostAsync("/api/tokens", key, new { userId = UserId(user) }, cancel);
            tokens[user] = body.GetProperty("accessToken").GetString()!;
        }, cancellationToken);
        return tokens;
    }

    /// <summary>Makes a group of the owner of the token and these users.</summary>
    public async Task<string> CreateGroupAsync(string token, IEnumerable<int> others, CancellationToken cancellationToken)
    {
        var members = others.Select(UserId).ToList();
        var body = await PostAsync(
            "/api/conversations", token, new { type = "group", members = members.Take(PerRequest) }, cancellationToken);
        var id = body.GetProperty("id").GetString()!;
        foreach (var userId in members.Skip(PerRequest))
        {
            await PostAsync($"/api/conversations/{id}/members", token, new { userId }, cancellationToken);
        }

        return id;
    }

    /// <summary>The answer of a GET, as text.</summary>
    public async Task<string> GetAsync(string path, string credential, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, credential, cancellationToken);
    }

    /// <summary>The answer of a POST.</summary>
    public async Task<JsonElement> PostAsync<T>(string path, string? credential, T body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        return JsonElement.Parse(await SendAsync(request, credential, cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string UserId(int user) => $"u{user}";

    private async Task<string> SendAsync(HttpRequestMessage request, string? credential, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = credential is null ? null : new("Bearer", credential);
        using var response = await _http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? text
            : throw new BenchException($"{request.Method} {request.RequestUri} gave {(int)response.StatusCode}: {text}");
    }
}
