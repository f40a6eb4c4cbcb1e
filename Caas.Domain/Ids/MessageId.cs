using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>The id of a message, <c>msg_...</c>.</summary>
/// <param name="Value">The UUID behind the text.</param>
[JsonConverter(typeof(TypeIdConverter<MessageId>))]
public readonly record struct MessageId(Guid Value) : ITypeId<MessageId>
{
    /// <inheritdoc/>
    public static string Prefix => "msg";

    /// <inheritdoc/>
    public static MessageId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => TypeId.Format(Prefix, Value);
}
