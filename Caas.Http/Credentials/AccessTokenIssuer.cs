using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Caas.Http.Credentials;

/// <inheritdoc/>
internal sealed class AccessTokenIssuer(SigningKeyRing ring, IIdSource ids, TokensOptions options) : IAccessTokenIssuer
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <inheritdoc/>
    public async ValueTask<string> IssueAsync(
        ClientId clientId,
        Session session,
        string role,
        DateTimeOffset issuedAt,
        DateTimeOffset expiresAt,
        CancellationToken cancellationToken)
    {
        var signer = await ring.GetSignerAsync(cancellationToken);
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Issuer,
            Audience = session.ApplicationId.ToString(),
            IssuedAt = issuedAt.UtcDateTime,
            Expires = expiresAt.UtcDateTime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [TokenClaims.Subject] = session.UserId.Value,
                [TokenClaims.Client] = clientId.ToString(),
                [TokenClaims.Session] = session.Id.ToString(),
                [TokenClaims.Device] = session.DeviceId.ToString(),
                [TokenClaims.Role] = role,
                [TokenClaims.Id] = ids.Next().ToString("N"),
            },
            SigningCredentials = new SigningCredentials(signer.Security, SecurityAlgorithms.EcdsaSha256),
        });
    }
}
