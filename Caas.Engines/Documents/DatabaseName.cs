using Caas.Domain.Ids;

namespace Caas.Engines.Documents;

/// <summary>Which file: that of one client, or of the platform.</summary>
/// <param name="Client">The client; null for the platform.</param>
internal readonly record struct DatabaseName(ClientId? Client)
{
    public static DatabaseName Platform => default;

    public static DatabaseName Of(ClientId clientId) => new(clientId);

    public override string ToString() => Client is { } client ? client.ToString() : "platform";
}
