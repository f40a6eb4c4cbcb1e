using System.Net.Http.Json;
using System.Text.Json;

namespace Caas.Bench;

/// <summary>The few calls that benchmarks need.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    public ApiClient(Uri url) => _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1024 }) { BaseAddress = url };

    /// <summary>Registers a client and gives its API key.</summary>
    public async Task<string> RegisterAsync()
    {
        var body = await SendAsync(HttpMethod.Post, "/api/clients", credential: null, new { name = "Bench", email = "bench@caas.test" });
        return body.GetProperty("apiKey").GetProperty("key").GetString()!;
    }

    /// <summary>Makes users u0, u1 ... and gives an access token of each.</summary>
    public async Task<string[]> CreateUsersAsync(string key, int count)
    {
        for (var at = 0; at < count; at += 100)
        {
            var users = Enumerable.Range(at, Math.Min(100, count - at)).Select(i => new { id = $"u{i}" });
            await SendAsync(HttpMethod.Post, "/api/users/batch", key, new { users });
        }

        var tokens = new string[count];
        for (var i = 0; i < count; i++)
        {
            var body = await SendAsync(HttpMethod.Post, "/api/tokens", key, new { userId = $"u{i}" });
            tokens[i] = body.GetProperty("accessToken").GetString()!;
        }

        return tokens;
    }

    /// <summary>Makes a group of the owner of the token and these users.</summary>
    public async Task<string> CreateGroupAsync(string token, IReadOnlyList<string> members)
    {
        var first = members.Take(100).ToArray();
        var body = await SendAsync(HttpMethod.Post, "/api/conversations", token, new { type = "group", members = first });
        var id = body.GetProperty("id").GetString()!;
        foreach (var member in members.Skip(100))
        {
            await SendAsync(HttpMethod.Post, $"/api/conversations/{id}/members", token, new { userId = member });
        }

        return id;
    }

    /// <summary>Sends a request, and gives the answer's body; an exception where it was refused.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string? credential, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        if (credential is not null)
        {
            request.Headers.Authorization = new("Bearer", credential);
        }

        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(text)
            : throw new HttpRequestException($"{(int)response.StatusCode} {text}");
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
