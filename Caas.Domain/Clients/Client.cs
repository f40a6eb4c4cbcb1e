using Caas.Domain.Ids;

namespace Caas.Domain.Clients;

/// <summary>A tenant: everything else belongs to one, and nobody reads or writes across.</summary>
public sealed record Client
{
    /// <summary>The id.</summary>
    public required ClientId Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Whom the operator writes to.</summary>
    public required string Email { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Changes whenever the client does; for <c>If-Match</c>.</summary>
    public required string Etag { get; init; }
}
