using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>Reads and writes an id as its text; a text of another kind is a <see cref="JsonException"/>.</summary>
/// <typeparam name="TId">The kind of id.</typeparam>
public sealed class TypeIdConverter<TId> : JsonConverter<TId>
    where TId : struct, ITypeId<TId>
{
    /// <inheritdoc/>
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TypeId.TryParse<TId>(reader.GetString(), out var id) ? id : throw new JsonException($"Not a {TId.Prefix}_ id.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
