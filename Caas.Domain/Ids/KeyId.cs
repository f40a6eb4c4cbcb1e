using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>The id of an API key, <c>key_...</c>.</summary>
/// <param name="Value">The UUID behind the text.</param>
[JsonConverter(typeof(TypeIdConverter<KeyId>))]
public readonly record struct KeyId(Guid Value) : ITypeId<KeyId>
{
    /// <inheritdoc/>
    public static string Prefix => "key";

    /// <inheritdoc/>
    public static KeyId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => TypeId.Format(Prefix, Value);
}
