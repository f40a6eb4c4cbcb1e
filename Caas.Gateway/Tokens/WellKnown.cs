using System.Buffers.Text;
using Caas.Domain.Tokens;
using Caas.Http.Credentials;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Caas.Gateway.Tokens;

/// <summary>What others need to check access tokens themselves.</summary>
internal static class WellKnown
{
    // A verifier that caches so long still learns of a new key before it signs (TokensOptions.SigningKeyLeadTime).
    private const string CacheControl = "public, max-age=60";

    public static IEndpointRouteBuilder MapWellKnown(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/.well-known").WithTags("Tokens");
        group.MapGet("/jwks.json", GetKeysAsync);
        group.MapGet("/openid-configuration", GetConfiguration);
        return routes;
    }

    /// <summary>The public signing keys</summary>
    /// <remarks>A JSON Web Key Set (RFC 7517). A new key stands here before it signs, an old one until its last token ends.</remarks>
    private static async Task<Ok<JsonWebKeySet>> GetKeysAsync(
        SigningKeyRing ring, HttpResponse response, CancellationToken cancellationToken)
    {
        _ = await ring.GetSignerAsync(cancellationToken);
        response.Headers.CacheControl = CacheControl;
        var keys = await ring.ListAsync(cancellationToken);
        return TypedResults.Ok(new JsonWebKeySet([.. keys.Select(WebKey.Of)]));
    }

    /// <summary>The discovery document</summary>
    private static Ok<DiscoveryDocument> GetConfiguration(TokensOptions options, HttpRequest request, HttpResponse response)
    {
        response.Headers.CacheControl = CacheControl;
        var address = $"{request.Scheme}://{request.Host}";
        return TypedResults.Ok(new DiscoveryDocument(
            options.Issuer, $"{address}/.well-known/jwks.json", ["ES256"], ["public"], ["token"]));
    }
}

/// <summary>A JSON Web Key Set (RFC 7517 section 5).</summary>
/// <param name="Keys">The keys.</param>
internal sealed record JsonWebKeySet(IReadOnlyList<WebKey> Keys);

/// <summary>A public P-256 key (RFC 7518 section 6.2.1).</summary>
/// <param name="Kty">The family.</param>
/// <param name="Crv">The curve.</param>
/// <param name="X">The first coordinate, base64url.</param>
/// <param name="Y">The second coordinate, base64url.</param>
/// <param name="Kid">The key's id.</param>
/// <param name="Use">What it is for.</param>
/// <param name="Alg">The algorithm.</param>
internal sealed record WebKey(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg)
{
    /// <summary>The public half of a signing key.</summary>
    public static WebKey Of(RingKey key) => new(
        "EC",
        "P-256",
        Base64Url.EncodeToString(key.Public.X),
        Base64Url.EncodeToString(key.Public.Y),
        key.Key.Id,
        "sig",
        "ES256");
}

/// <summary>The part of OpenID Connect Discovery 1.0 that a verifier of access tokens reads.</summary>
/// <param name="Issuer">The <c>iss</c> of every token.</param>
/// <param name="JwksUri">Where the keys are.</param>
/// <param name="IdTokenSigningAlgValuesSupported">The algorithms.</param>
/// <param name="SubjectTypesSupported">The kinds of <c>sub</c>.</param>
/// <param name="ResponseTypesSupported">What can be had.</param>
internal sealed record DiscoveryDocument(
    [property: System.Text.Json.Serialization.JsonPropertyName("issuer")] string Issuer,
    [property: System.Text.Json.Serialization.JsonPropertyName("jwks_uri")] string JwksUri,
    [property: System.Text.Json.Serialization.JsonPropertyName("id_token_signing_alg_values_supported")]
    IReadOnlyList<string> IdTokenSigningAlgValuesSupported,
    [property: System.Text.Json.Serialization.JsonPropertyName("subject_types_supported")]
    IReadOnlyList<string> SubjectTypesSupported,
    [property: System.Text.Json.Serialization.JsonPropertyName("response_types_supported")]
    IReadOnlyList<string> ResponseTypesSupported);
