using Caas.Domain.Ids;

namespace Caas.Domain.Tokens;

/// <summary>Signs access tokens: JWT (RFC 7519), ES256, with <c>kid</c>. Thread-safe.</summary>
public interface IAccessTokenIssuer
{
    /// <summary>A token of this session that ends at a moment, signed with the key that signs now.</summary>
    ValueTask<string> IssueAsync(
        ClientId clientId, Session session, string role, DateTimeOffset issuedAt, DateTimeOffset expiresAt, CancellationToken cancellationToken);
}
