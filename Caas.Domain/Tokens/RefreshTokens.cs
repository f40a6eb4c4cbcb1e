using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Caas.Domain.Ids;

namespace Caas.Domain.Tokens;

/// <summary>
/// Refresh tokens: <c>caas_rt_CLIENT_SESSION_GENERATION_MAC</c>, where the last part is HMAC-SHA-256 (RFC 2104) over the
/// rest, in base64url. Whoever knows the key can make the successor again, so that none has to be stored.
/// </summary>
/// <param name="key">32 secret bytes of this deployment.</param>
public sealed class RefreshTokens(ReadOnlyMemory<byte> key)
{
    private const string Prefix = "caas_rt_";
    private const int MaxLength = 200;

    /// <summary>The token of this generation of the session.</summary>
    public string Issue(ClientId clientId, SessionId sessionId, int generation)
    {
        var signed = $"{Prefix}{clientId.Value:N}_{sessionId.Value:N}_{generation.ToString(CultureInfo.InvariantCulture)}";
        return $"{signed}_{Sign(signed)}";
    }

    /// <summary>Reads a token that was issued here; false for anything else.</summary>
    public bool TryRead(string token, out RefreshToken read)
    {
        read = default;
        if (token.Length > MaxLength || !token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        // The MAC is base64url and may hold underscores: split the first three parts only.
        var parts = token[Prefix.Length..].Split('_', 4);
        if (parts.Length != 4
            || !Guid.TryParseExact(parts[0], "N", out var client)
            || !Guid.TryParseExact(parts[1], "N", out var session)
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
        {
            return false;
        }

        var signed = token[..^(parts[3].Length + 1)];
        var genuine = CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Sign(signed)), Encoding.UTF8.GetBytes(parts[3]));
        read = new RefreshToken(new ClientId(client), new SessionId(session), generation);
        return genuine;
    }

    private string Sign(string signed) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key.Span, Encoding.ASCII.GetBytes(signed)));
}

/// <summary>What a refresh token says.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Generation">Which of its tokens it is, from 1.</param>
public readonly record struct RefreshToken(ClientId ClientId, SessionId SessionId, int Generation);
