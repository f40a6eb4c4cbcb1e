using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Caas.Engines.Avro;

namespace Caas.Engines.LocalRegistry;

/// <summary>
/// A schema's normal text, by which the registry knows it again: without white space, with members in one order, with
/// names relative to the enclosing namespace. Unlike the Parsing Canonical Form it keeps documentation, defaults, aliases
/// and unknown members, so that a schema which differs in these is another one.
/// </summary>
internal static class SchemaText
{
    // The orders in which Java's Schema.toString writes them, so that tools show the texts that they know.
    private static readonly string[] OfTypes =
        ["type", "name", "namespace", "doc", "fields", "symbols", "items", "values", "size", "default", "aliases"];

    private static readonly string[] OfFields = ["name", "type", "doc", "default", "order", "aliases"];

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The normal text of a schema that was parsed before, so is one.</summary>
    public static string Normalize(string schema)
    {
        var buffer = new ArrayBufferWriter<byte>(schema.Length);
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        WriteSchema(writer, AvroSchemaParser.ReadJson(schema), enclosing: null);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteSchema(Utf8JsonWriter writer, JsonElement json, string? enclosing)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                writer.WriteStringValue(Relative(json.GetString()!, enclosing));
                break;
            case JsonValueKind.Array:
                WriteItems(writer, json, item => WriteSchema(writer, item, enclosing));
                break;
            default:
                WriteObject(writer, json, enclosing);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement json, string? enclosing)
    {
        var type = json.GetProperty("type");
        if (json.EnumerateObject().Count() == 1)
        {
            // {"type": "string"} and {"type": {...}} say no more than what is inside.
            WriteSchema(writer, type, enclosing);
            return;
        }

        var kind = type.ValueKind == JsonValueKind.String ? type.GetString() : null;
        var fullName = kind is "record" or "error" or "enum" or "fixed" ? AvroNames.Define(json, enclosing) : null;
        var space = fullName is null ? enclosing : AvroNames.Namespace(fullName);
        writer.WriteStartObject();
        foreach (var member in Sorted(json, OfTypes))
        {
            WriteMember(writer, member, fullName, enclosing, space);
        }

        writer.WriteEndObject();
    }

    private static void WriteMember(
        Utf8JsonWriter writer, JsonProperty member, string? fullName, string? enclosing, string? space)
    {
        switch (member.Name)
        {
            case "name" when fullName is not null:
                writer.WriteString("name", fullName[(fullName.LastIndexOf('.') + 1)..]);
                if (!string.Equals(space, enclosing, StringComparison.Ordinal))
                {
                    writer.WriteString("namespace", space ?? string.Empty);
                }

                break;
            case "namespace" when fullName is not null:
                break;
            case "type" when member.Value.ValueKind == JsonValueKind.String && fullName is not null:
                member.WriteTo(writer);
                break;
            case "type" or "items" or "values":
                writer.WritePropertyName(member.Name);
                WriteSchema(writer, member.Value, space);
                break;
            case "fields":
                writer.WritePropertyName(member.Name);
                WriteItems(writer, member.Value, field => WriteField(writer, field, space));
                break;
            default:
                member.WriteTo(writer);
                break;
        }
    }

    private static void WriteField(Utf8JsonWriter writer, JsonElement field, string? space)
    {
        writer.WriteStartObject();
        foreach (var member in Sorted(field, OfFields))
        {
            WriteMember(writer, member, fullName: null, enclosing: null, space);
        }

        writer.WriteEndObject();
    }

    private static void WriteItems(Utf8JsonWriter writer, JsonElement items, Action<JsonElement> write)
    {
        writer.WriteStartArray();
        foreach (var item in items.EnumerateArray())
        {
            write(item);
        }

        writer.WriteEndArray();
    }

    private static IEnumerable<JsonProperty> Sorted(JsonElement json, string[] order) => json.EnumerateObject()
        .OrderBy(member => Array.IndexOf(order, member.Name) is >= 0 and var place ? place : order.Length)
        .ThenBy(static member => member.Name, StringComparer.Ordinal);

    // A name of the enclosing namespace is written without it.
    private static string Relative(string fullName, string? enclosing)
    {
        var prefix = enclosing + ".";
        return enclosing is { Length: > 0 } && fullName.StartsWith(prefix, StringComparison.Ordinal)
            && !fullName[prefix.Length..].Contains('.', StringComparison.Ordinal)
                ? fullName[prefix.Length..]
                : fullName;
    }
}
