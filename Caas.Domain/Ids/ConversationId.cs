using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>The id of a conversation, <c>conv_...</c>.</summary>
/// <param name="Value">The UUID behind the text.</param>
[JsonConverter(typeof(TypeIdConverter<ConversationId>))]
public readonly record struct ConversationId(Guid Value) : ITypeId<ConversationId>
{
    /// <inheritdoc/>
    public static string Prefix => "conv";

    /// <inheritdoc/>
    public static ConversationId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => TypeId.Format(Prefix, Value);
}
