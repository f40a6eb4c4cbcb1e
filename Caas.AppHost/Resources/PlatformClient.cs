using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Caas.AppHost.Resources;

/// <summary>
/// Asks the gateway with a key. Nothing is asked twice by itself: whoever pressed the button sees what was said, and may
/// press it again.
/// </summary>
internal sealed class PlatformClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    /// <summary>Speaks to this gateway, with this key where a request names no other.</summary>
    public PlatformClient(Uri gateway, string key)
    {
        _http = new HttpClient { BaseAddress = gateway, Timeout = Patience };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Sends a request and gives the answer's body; an answer that is no success is an exception with its words.</summary>
    public Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken) =>
        SendAsync(method, path, body, key: null, user: null, cancellationToken);

    /// <summary>The same with an API key, and for a user.</summary>
    public async Task<JsonNode> SendAsync(
        HttpMethod method, string path, JsonNode? body, string? key, string? user, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = body is null ? null : JsonContent.Create(body);
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        if (user is not null)
        {
            request.Headers.Add("Caas-User", user);
        }

        using var answer = await _http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text) ?? new JsonObject()
            : throw new HttpRequestException($"{method} {path}: {(int)answer.StatusCode} {text}");
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
