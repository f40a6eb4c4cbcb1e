namespace Caas.Http.Credentials;

/// <summary>Who may call an endpoint; each endpoint under <c>/api</c> says one.</summary>
public enum Access
{
    /// <summary>Anyone: the operation checks what is in its body.</summary>
    Anyone,

    /// <summary>A user's token, or an API key with the scope, with or without a user to act for.</summary>
    UserOrKey,

    /// <summary>An API key with the scope.</summary>
    Key,

    /// <summary>The platform key.</summary>
    Platform,

    /// <summary>Whom the process that serves it lets in: this one only passes it on.</summary>
    Elsewhere,
}

/// <summary>What an endpoint asks of its caller.</summary>
/// <param name="Access">Who.</param>
/// <param name="Scope">What an API key needs; null where nobody shows one.</param>
public sealed record AccessMetadata(Access Access, string? Scope);
