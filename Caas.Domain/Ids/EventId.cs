using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>The id of an event, <c>evt_...</c>.</summary>
/// <param name="Value">The UUID behind the text.</param>
[JsonConverter(typeof(TypeIdConverter<EventId>))]
public readonly record struct EventId(Guid Value) : ITypeId<EventId>
{
    /// <inheritdoc/>
    public static string Prefix => "evt";

    /// <inheritdoc/>
    public static EventId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => TypeId.Format(Prefix, Value);
}
