using Caas.Domain.Ids;

namespace Caas.Domain.Applications;

/// <summary>A boundary of credentials, audience, CORS and webhooks inside a client; not of data.</summary>
public sealed record Application
{
    /// <summary>The id; the audience of its users' tokens.</summary>
    public required AppId Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Whether its keys are marked <c>live</c> or <c>test</c>.</summary>
    public required string Label { get; init; }

    /// <summary>The web origins from which its credentials may be used, as browsers send them.</summary>
    public required IReadOnlyList<string> AllowedOrigins { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Changes whenever the application does; for <c>If-Match</c>.</summary>
    public required string Etag { get; init; }
}
