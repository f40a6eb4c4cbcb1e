using System.Globalization;
using System.Text.Json;

namespace Caas.Standalone.Smoke;

/// <summary>That it is there: what probes, browsers and other people's programs ask of it.</summary>
internal static class DeploymentSteps
{
    public const string Flow = "deployment";
    public const string Alive = "alive";
    public const string Health = "health";

    private static readonly TimeSpan CertificateMargin = TimeSpan.FromDays(14);

    // The engines' ports that every process has, whichever engine stands behind one.
    private static readonly string[] Ports = ["documents", "counters", "realtime", "events", "schemas"];

    private static readonly string[] Paths = ["/api/clients", "/api/tokens", "/api/conversations", "/api/messages", "/api/sync"];

    /// <summary>The steps, with one for each check that <c>/health</c> named.</summary>
    public static IEnumerable<SmokeStep> Of(SmokeAnswer health) =>
    [
        new(Flow, Alive, AliveAsync),
        new(Flow, Health, (_, _) => Task.FromResult(CheckHealth(health))),
        .. Checks(health).Select(check => new SmokeStep(
            Flow, $"health of {check.Name}", (_, _) => Task.FromResult(CheckOne(check.Name, check.Word)))),
        new(Flow, "OpenAPI description", OpenApiAsync),
        new(Flow, "API reference", ReferenceAsync),
        new(Flow, "public keys", PublicKeysAsync),
        new(Flow, "headers of answers", HeadersAsync),
        new(Flow, "certificate", CertificateAsync),
    ];

    private static async Task<string> AliveAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var answer = (await scene.Http.GetAsync("/alive", credential: null, cancellationToken)).Expect(200);
        return Healthy("status of /alive", answer.Word("status"));
    }

    private static string CheckHealth(SmokeAnswer health)
    {
        health.Expect(200, 503);
        var names = Checks(health).Select(static check => check.Name).ToList();
        var missing = Ports.Except(names, StringComparer.Ordinal).ToList();
        return missing.Count > 0
            ? throw new SmokeFailureException($"/health to name {string.Join(", ", missing)}", $"{names.Count} checks without them")
            : Healthy("status of /health", health.Word("status"));
    }

    private static string CheckOne(string name, string word) => Healthy($"{name} in /health", word);

    private static string Healthy(string what, string word) => word == "healthy"
        ? word
        : throw new SmokeFailureException($"{what} healthy", word is "degraded" or "unhealthy" ? word : "another word");

    private static IEnumerable<(string Name, string Word)> Checks(SmokeAnswer health) =>
        health.Json.At("checks") is { ValueKind: JsonValueKind.Object } checks
            ? checks.EnumerateObject().Select(static check => (check.Name, Word: check.Value.ToString()))
            : [];

    private static async Task<string> OpenApiAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var answer = (await scene.Http.GetAsync("/openapi/v1.json", credential: null, cancellationToken)).Expect(200);
        if (!answer.Word("openapi").StartsWith("3.1.", StringComparison.Ordinal))
        {
            throw new SmokeFailureException("OpenAPI 3.1", "another version");
        }

        var paths = answer.Json.At("paths");
        return Array.Find(Paths, path => paths.ValueKind != JsonValueKind.Object || !paths.TryGetProperty(path, out _))
            is { } missing
                ? throw new SmokeFailureException($"{missing} in the description", "none")
                : string.Create(CultureInfo.InvariantCulture, $"{paths.EnumerateObject().Count()} paths");
    }

    private static async Task<string> ReferenceAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var answer = await scene.Http.GetAsync("/docs", credential: null, cancellationToken);
        if ((int)answer.Status is 301 or 302 or 307 or 308)
        {
            answer = await scene.Http.GetAsync("/docs/", credential: null, cancellationToken);
        }

        return answer.Expect(200).Header("Content-Type").StartsWith("text/html", StringComparison.Ordinal)
            ? "a page"
            : throw new SmokeFailureException("a page at /docs", "another media type");
    }

    private static async Task<string> PublicKeysAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var answer = (await scene.Http.GetAsync("/.well-known/jwks.json", credential: null, cancellationToken)).Expect(200);
        var keys = answer.List("keys");
        if (keys.Count == 0 || keys.Any(static key => key.TextAt("kid") is null || key.At("d").ValueKind != JsonValueKind.Undefined))
        {
            throw new SmokeFailureException("public keys with their names, and no private part", "others");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{keys.Count} keys");
    }

    // No answer says what serves it; a refusal says how to do better; a page cannot be taken for another type or be framed.
    private static async Task<string> HeadersAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        var refused = (await scene.Http.GetAsync("/api/clients/me", credential: null, cancellationToken))
            .ExpectRefusal(401, "unauthenticated");
        var page = (await scene.Http.GetAsync("/demo", credential: null, cancellationToken)).Expect(200);
        if (refused.Header("WWW-Authenticate").Length == 0)
        {
            throw new SmokeFailureException("WWW-Authenticate with a 401", "none");
        }

        if (page.Header("X-Content-Type-Options") != "nosniff" || page.Header("Content-Security-Policy").Length == 0)
        {
            throw new SmokeFailureException("X-Content-Type-Options: nosniff and a Content-Security-Policy at /demo", "none");
        }

        return new[] { refused, page }.Any(static answer => answer.Header("Server").Length + answer.Header("X-Powered-By").Length > 0)
            ? throw new SmokeFailureException("no header that names the server's software", "Server or X-Powered-By")
            : "as they should be";
    }

    private static Task<string> CertificateAsync(SmokeScene scene, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (scene.Http.CertificateEnds is not { } ends)
        {
            return Task.FromResult("plain HTTP: none");
        }

        var told = ends.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return ends - scene.Clock.GetUtcNow() > CertificateMargin
            ? Task.FromResult($"until {told}")
            : throw new SmokeFailureException("a certificate that lasts for 14 days more", $"one that ends on {told}");
    }
}
