namespace Caas.Http.Credentials;

/// <summary>The claims of an access token.</summary>
internal static class TokenClaims
{
    /// <summary>The user id (RFC 7519 section 4.1.2).</summary>
    public const string Subject = "sub";

    /// <summary>The token's own id (RFC 7519 section 4.1.7).</summary>
    public const string Id = "jti";

    /// <summary>The client id.</summary>
    public const string Client = "cid";

    /// <summary>The session id.</summary>
    public const string Session = "sid";

    /// <summary>The device id.</summary>
    public const string Device = "did";

    /// <summary>The user's role when the token was made: it informs, and decides nothing.</summary>
    public const string Role = "role";
}
