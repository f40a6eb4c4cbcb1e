using System.Text.Json.Serialization;
using Caas.Domain.Tokens;

namespace Caas.Gateway.Platform;

/// <summary>A signing key without its private part.</summary>
/// <param name="Id">The <c>kid</c>.</param>
/// <param name="Algorithm">ES256.</param>
/// <param name="State"><c>next</c>: published, does not sign yet; <c>signing</c>; <c>retiring</c>: only verifies.</param>
/// <param name="CreatedAt">When it was made and published.</param>
/// <param name="SignsFrom">When it began or begins to sign.</param>
/// <param name="RetiresAt">When it is published no more; absent while no later key replaces it.</param>
internal sealed record SigningKeyView(
    string Id,
    string Algorithm,
    string State,
    DateTimeOffset CreatedAt,
    DateTimeOffset SignsFrom,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    DateTimeOffset? RetiresAt)
{
    /// <summary>The public side of a key.</summary>
    public static SigningKeyView Of(SigningKey key, string signer, DateTimeOffset now)
    {
        var state = key.Id == signer ? "signing" : key.SignsFrom > now ? "next" : "retiring";
        return new SigningKeyView(key.Id, "ES256", state, key.CreatedAt, key.SignsFrom, key.RetiresAt);
    }
}
