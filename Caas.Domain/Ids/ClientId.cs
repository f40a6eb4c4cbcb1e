using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>The id of a client (tenant), <c>client_...</c>.</summary>
/// <param name="Value">The UUID behind the text.</param>
[JsonConverter(typeof(TypeIdConverter<ClientId>))]
public readonly record struct ClientId(Guid Value) : ITypeId<ClientId>
{
    /// <inheritdoc/>
    public static string Prefix => "client";

    /// <inheritdoc/>
    public static ClientId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => TypeId.Format(Prefix, Value);
}
