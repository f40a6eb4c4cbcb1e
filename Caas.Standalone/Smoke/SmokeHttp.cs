using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Caas.Standalone.Smoke;

/// <summary>
/// Speaks with the deployment and nobody else: no proxy, no redirect, no cookie. Nothing is tried twice by itself: what a
/// deployment answers the first time is what is told.
/// </summary>
internal sealed class SmokeHttp : IDisposable
{
    private const long LongestAnswer = 16 * 1024 * 1024;

    private readonly HttpClient _client;
    private readonly SocketsHttpHandler _handler;
    private DateTimeOffset? _certificateEnds;

    /// <param name="url">Where the deployment is; a path in it comes before every other.</param>
    public SmokeHttp(Uri url)
    {
        Url = url.AbsolutePath.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
        _handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = Look },
        };

        // A step's own time-out holds.
        _client = new HttpClient(_handler, disposeHandler: false)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LongestAnswer,
        };
    }

    /// <summary>The address, which ends with a slash.</summary>
    public Uri Url { get; }

    /// <summary>When the certificate ends that the deployment showed last; null where it showed none.</summary>
    public DateTimeOffset? CertificateEnds => _certificateEnds;

    /// <summary>What a WebSocket goes through, too.</summary>
    public HttpMessageInvoker Invoker => _client;

    public Task<SmokeAnswer> GetAsync(string path, string? credential, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, credential, body: null, cancellationToken);

    public Task<SmokeAnswer> DeleteAsync(string path, string? credential, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, path, credential, body: null, cancellationToken);

    public Task<SmokeAnswer> PostAsync(string path, string? credential, JsonObject body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, credential, body, cancellationToken);

    /// <summary>Sends a request and gives the whole answer, whatever it is.</summary>
    public async Task<SmokeAnswer> SendAsync(
        HttpMethod method, string path, string? credential, JsonObject? body, CancellationToken cancellationToken,
        string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Url, path.TrimStart('/')));
        if (credential is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var response = await _client.SendAsync(request, cancellationToken);
        return new SmokeAnswer(
            $"{method} {path}",
            response.StatusCode,
            Headers(response),
            await response.Content.ReadAsStringAsync(cancellationToken));
    }

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }

    private static Dictionary<string, string> Headers(HttpResponseMessage response) =>
        response.Headers.Concat(response.Content.Headers)
            .ToDictionary(static header => header.Key, static header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);

    // What the machine does not trust is not spoken with; this only reads the end of what it does.
    private bool Look(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is X509Certificate2 shown)
        {
            _certificateEnds = new DateTimeOffset(shown.NotAfter);
        }

        return errors == SslPolicyErrors.None;
    }
}
