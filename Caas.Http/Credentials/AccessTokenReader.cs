using System.Security.Cryptography;
using System.Text;
using Caas.Domain.Applications;
using Caas.Domain.Caching;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Caas.Http.Credentials;

/// <summary>
/// Reads access tokens. A signature is verified once; the result is kept in a bounded cache under the SHA-256 of the
/// token until the token ends, and every use asks the revocations again. Thread-safe.
/// </summary>
internal sealed class AccessTokenReader
{
    private const int CachedTokens = 20_000;
    private const int MaxLength = 4096;

    private static readonly Error Invalid = new(ErrorCatalogue.InvalidCredential, "The access token is not valid.");
    private static readonly Error Expired = new(ErrorCatalogue.CredentialExpired, "The access token has expired.");
    private static readonly Error Revoked = new(ErrorCatalogue.SessionRevoked, "The session was ended.");

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaxLength, MapInboundClaims = false };
    private readonly GenerationalCache<TokenHash, VerifiedToken> _verified = new(CachedTokens);
    private readonly SigningKeyRing _ring;
    private readonly Revocations _revocations;
    private readonly IApplicationStore _applications;
    private readonly TimeProvider _clock;
    private readonly TokensOptions _options;

    // How many applications and keys were revoked: what was verified before the last of them is verified again.
    private long _generation;

    public AccessTokenReader(
        SigningKeyRing ring, Revocations revocations, IApplicationStore applications, TimeProvider clock, TokensOptions options)
    {
        _ring = ring;
        _revocations = revocations;
        _applications = applications;
        _clock = clock;
        _options = options;
        revocations.OnAdded(Forget);
    }

    /// <summary>The caller of a token; <c>invalid_credential</c>, <c>credential_expired</c>, <c>session_revoked</c>.</summary>
    public async ValueTask<Result<Caller>> ReadAsync(string token, CancellationToken cancellationToken)
    {
        var hash = TokenHash.Of(token);
        if (!_verified.TryGet(hash, out var verified) || verified.Generation != Volatile.Read(ref _generation))
        {
            var result = await VerifyAsync(token, cancellationToken);
            if (!result.TryGet(out verified, out var error))
            {
                return error;
            }

            _verified.Set(hash, verified);
        }

        if (verified.Caller.ExpiresAt <= _clock.GetUtcNow())
        {
            _verified.Remove(hash);
            return Expired;
        }

        return _revocations.Check(verified.Caller, verified.SessionBegan) switch
        {
            RevocationState.Standing => verified.Caller,
            RevocationState.Revoked => Revoked,
            RevocationState.Unknown => Revocations.Unavailable,
        };
    }

    private async ValueTask<Result<VerifiedToken>> VerifyAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length > MaxLength || !_handler.CanReadToken(text))
        {
            return Invalid;
        }

        JsonWebToken token;
        try
        {
            token = _handler.ReadJsonWebToken(text);
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException)
        {
            return Invalid;
        }

        if (token.Kid is not { Length: > 0 } keyId || await _ring.FindAsync(keyId, cancellationToken) is not { } key)
        {
            return Invalid;
        }

        var result = await _handler.ValidateTokenAsync(token, Parameters(key));
        if (!result.IsValid)
        {
            return result.Exception is SecurityTokenExpiredException ? Expired : Invalid;
        }

        return await IdentifyAsync(token, cancellationToken);
    }

    // The algorithm and the key come from us, never from the token's header (RFC 8725 sections 3.1 and 3.10).
    private TokenValidationParameters Parameters(RingKey key) => new()
    {
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        IssuerSigningKey = key.Security,
        TryAllIssuerSigningKeys = false,
        ValidIssuer = _options.Issuer,
        ValidTypes = ["JWT"],
        ValidateAudience = false,
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        ClockSkew = TimeSpan.Zero,
        LifetimeValidator = (_, expires, _, _) => expires is { } end && end > _clock.GetUtcNow().UtcDateTime
            ? true
            : throw new SecurityTokenExpiredException(),
    };

    private async ValueTask<Result<VerifiedToken>> IdentifyAsync(JsonWebToken token, CancellationToken cancellationToken)
    {
        var generation = Volatile.Read(ref _generation);
        var audiences = token.Audiences.ToList();
        if (audiences.Count != 1
            || !TypeId.TryParse<AppId>(audiences[0], out var applicationId)
            || !TypeId.TryParse<ClientId>(Claim(token, TokenClaims.Client), out var clientId)
            || !TypeId.TryParse<SessionId>(Claim(token, TokenClaims.Session), out var sessionId)
            || !TypeId.TryParse<DeviceId>(Claim(token, TokenClaims.Device), out var deviceId)
            || !UserId.TryParse(token.Subject, out var userId)
            || await _applications.FindAsync(clientId, applicationId, cancellationToken) is null)
        {
            return Invalid;
        }

        var caller = new Caller
        {
            ClientId = clientId,
            ApplicationId = applicationId,
            UserId = userId,
            SessionId = sessionId,
            DeviceId = deviceId,
            ExpiresAt = new DateTimeOffset(token.ValidTo, TimeSpan.Zero),
        };
        return new VerifiedToken(caller, BeganAt(sessionId), generation);
    }

    // An application's deletion stands in the log among the keys'.
    private void Forget(Revocation revocation)
    {
        if (revocation.Kind == RevocationKind.Key)
        {
            Interlocked.Increment(ref _generation);
        }
    }

    // A session's id is a UUIDv7: its first 48 bits are the millisecond of its making (RFC 9562 section 5.7).
    private static DateTimeOffset BeganAt(SessionId sessionId)
    {
        Span<byte> bytes = stackalloc byte[16];
        sessionId.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    private static string? Claim(JsonWebToken token, string name) =>
        token.TryGetPayloadValue<string>(name, out var value) ? value : null;

    private sealed record VerifiedToken(Caller Caller, DateTimeOffset SessionBegan, long Generation);

    /// <summary>SHA-256 of a token: the cache holds no token.</summary>
    private readonly record struct TokenHash(UInt128 High, UInt128 Low)
    {
        public static TokenHash Of(string token)
        {
            Span<byte> bytes = stackalloc byte[Math.Min(token.Length * 3, 4 * MaxLength)];
            if (!Encoding.UTF8.TryGetBytes(token, bytes, out var length))
            {
                return default;
            }

            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(bytes[..length], hash);
            return new TokenHash(
                System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash),
                System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
        }
    }
}
