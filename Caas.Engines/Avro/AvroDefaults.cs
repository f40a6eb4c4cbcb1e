using System.Text.Json;

namespace Caas.Engines.Avro;

/// <summary>Whether a JSON value can be the default of a field (specification 1.12, "Complex Types", table of defaults).</summary>
internal sealed class AvroDefaults
{
    // Unions in unions can make the number of ways to read a value grow with 2^depth.
    private const int MaxSteps = 100_000;

    private int _steps;

    /// <summary>True where the value is one of the type; of a union, one of any branch.</summary>
    public bool Fits(AvroType type, JsonElement value) => ++_steps <= MaxSteps
        ? FitsType(type, value)
        : throw new InvalidDataException("The defaults are too complex.");

    private bool FitsType(AvroType type, JsonElement value) => type switch
    {
        AvroUnion union => union.Branches.Any(branch => Fits(branch, value)),
        AvroArray array => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => Fits(array.Items, item)),
        AvroMap map => value.ValueKind == JsonValueKind.Object
            && value.EnumerateObject().All(member => Fits(map.Values, member.Value)),
        AvroRecord record => value.ValueKind == JsonValueKind.Object && record.Fields.All(field =>
            value.TryGetProperty(field.Name, out var member) ? Fits(field.Type, member) : field.Default is not null),
        AvroEnum symbols => value.ValueKind == JsonValueKind.String
            && symbols.Symbols.Contains(value.GetString()!, StringComparer.Ordinal),
        AvroFixed bytes => IsBytes(value) && value.GetString()!.Length == bytes.Size,
        _ => FitsPrimitive(type.Kind, value),
    };

    private static bool FitsPrimitive(string kind, JsonElement value) => kind switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "int" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        "long" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "float" or "double" => value.ValueKind == JsonValueKind.Number,
        "bytes" => IsBytes(value),
        _ => value.ValueKind == JsonValueKind.String,
    };

    // Bytes are a string whose code points 0 to 255 are the bytes.
    private static bool IsBytes(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && !value.GetString()!.AsSpan().ContainsAnyExceptInRange('\0', '\u00ff');
}
