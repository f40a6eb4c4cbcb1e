using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Caas.Tests.Support;

/// <summary>Speaks HTTP with a credential, and gives answers as they came.</summary>
public sealed class ApiClient(Uri url, string? credential = null, string? actsFor = null)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
    {
        Timeout = SocketIOHost.Patience,
    };

    public Uri Url => url;

    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<ApiAnswer> PostAsync(string path, object body, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, path, Json(body), idempotencyKey);

    public Task<ApiAnswer> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, Json(body));

    /// <summary>Sends a body that no serializer would write.</summary>
    public Task<ApiAnswer> PostRawAsync(string path, string body, string mediaType = "application/json") =>
        SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, mediaType));

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, HttpContent? content = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(url, path)) { Content = content };
        if (credential is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        }

        if (actsFor is not null)
        {
            request.Headers.Add("Caas-User", actsFor);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var response = await Http.SendAsync(request, SocketIOHost.Ct);
        return new ApiAnswer(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(SocketIOHost.Ct),
            response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    private static StringContent Json(object body) =>
        new(JsonSerializer.Serialize(body, JsonSerializerOptions.Web), Encoding.UTF8, "application/json");
}

/// <summary>An answer.</summary>
/// <param name="Status">The status.</param>
/// <param name="Text">The body.</param>
/// <param name="Headers">Every header.</param>
public sealed record ApiAnswer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json { get; } = Text.StartsWith('{') ? JsonElement.Parse(Text) : default;

    public JsonElement this[string name] => Json.GetProperty(name);

    /// <summary>The body of a success.</summary>
    public ApiAnswer ShouldBe(HttpStatusCode status)
    {
        Status.ShouldBe(status, Text);
        return this;
    }

    /// <summary>Checks a refusal: all of problem details, and no more than it may say.</summary>
    public ApiAnswer ShouldBeRefused(int status, string code, string? field = null)
    {
        ((int)Status).ShouldBe(status, Text);
        Headers["Content-Type"].ShouldStartWith("application/problem+json");
        Problems.ShouldBeProblem(Json, status, code);
        if (status == 401)
        {
            Headers.ShouldContainKey("WWW-Authenticate");
        }

        if (field is not null)
        {
            this["errors"].EnumerateObject().Select(error => error.Name).Contains(field, StringComparer.Ordinal).ShouldBeTrue(Text);
        }

        return this;
    }
}

/// <summary>What a refusal looks like, wherever it comes.</summary>
public static class Problems
{
    public static void ShouldBeProblem(JsonElement problem, int status, string code)
    {
        problem.GetProperty("code").GetString().ShouldBe(code, problem.ToString());
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("type").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("traceId").GetString().ShouldNotBeNull().Length.ShouldBe(32);
        problem.GetProperty("retryable").ValueKind.ShouldBeOneOf(JsonValueKind.True, JsonValueKind.False);
    }
}
