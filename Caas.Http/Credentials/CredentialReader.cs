using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Keys;

namespace Caas.Http.Credentials;

/// <summary>Reads what a caller shows: an API key or an access token, over HTTP and on sockets alike. Thread-safe.</summary>
public sealed class CredentialReader
{
    private readonly AccessTokenReader _tokens;
    private readonly ApiKeyReader _keys;

    internal CredentialReader(AccessTokenReader tokens, ApiKeyReader keys)
    {
        _tokens = tokens;
        _keys = keys;
    }

    /// <summary>The caller of a bearer credential.</summary>
    public ValueTask<Result<Caller>> ReadAsync(string credential, CancellationToken cancellationToken) =>
        credential.StartsWith(ApiKeyText.Prefix, StringComparison.Ordinal)
            ? _keys.ReadAsync(credential, cancellationToken)
            : _tokens.ReadAsync(credential, cancellationToken);

    /// <summary>The caller of an access token; an API key is <c>invalid_credential</c>.</summary>
    public ValueTask<Result<Caller>> ReadTokenAsync(string token, CancellationToken cancellationToken) =>
        _tokens.ReadAsync(token, cancellationToken);
}
