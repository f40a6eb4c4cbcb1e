using System.Text;
using System.Text.Json;

namespace Caas.Engines.Avro;

/// <summary>
/// Reads the JSON of a schema (specification 1.12, "Schema Declaration"). Anything that breaks its rules is an
/// <see cref="InvalidDataException"/> that says what.
/// </summary>
internal sealed class AvroSchemaParser
{
    private const int MaxDepth = 64;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, AvroNamed> _named = new(StringComparer.Ordinal);
    private readonly List<(AvroField Field, string Record)> _defaults = [];

    private AvroSchemaParser()
    {
    }

    /// <summary>The schema of this text.</summary>
    public static AvroType Parse(string text)
    {
        var parser = new AvroSchemaParser();
        var type = parser.Read(ReadJson(text), enclosing: null);

        // Only now is every record complete that a default may be of.
        var defaults = new AvroDefaults();
        foreach (var (field, record) in parser._defaults)
        {
            if (!defaults.Fits(field.Type, field.Default.GetValueOrDefault()))
            {
                throw new InvalidDataException($"The default of {record}.{field.Name} does not fit its type.");
            }
        }

        return type;
    }

    /// <summary>The JSON of a schema's text; a bare name of a primitive type is one too.</summary>
    public static JsonElement ReadJson(string text)
    {
        try
        {
            return AvroNames.IsPrimitive(text)
                ? JsonElement.Parse($"\"{text}\"")
                : UnicodeJson.Parse(Strict.GetBytes(text), MaxDepth);
        }
        catch (EncoderFallbackException e)
        {
            throw new InvalidDataException("The schema is not Unicode.", e);
        }
    }

    private AvroType Read(JsonElement json, string? enclosing) => json.ValueKind switch
    {
        JsonValueKind.String => Resolve(json.GetString()!, enclosing),
        JsonValueKind.Array => ReadUnion(json, enclosing),
        JsonValueKind.Object => ReadObject(json, enclosing),
        _ => throw new InvalidDataException("A schema is a string, an array or an object."),
    };

    private AvroType Resolve(string name, string? enclosing) =>
        AvroNames.IsPrimitive(name) ? new AvroPrimitive(name, number: null)
        : _named.GetValueOrDefault(AvroNames.Qualify(name, enclosing))
            ?? _named.GetValueOrDefault(name)
            ?? throw new InvalidDataException($"The type '{name}' is not known.");

    private AvroUnion ReadUnion(JsonElement json, string? enclosing)
    {
        var branches = new List<AvroType>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in json.EnumerateArray())
        {
            var branch = Read(item, enclosing);
            if (branch is AvroUnion || !seen.Add(branch is AvroNamed named ? named.FullName : branch.Kind))
            {
                throw new InvalidDataException("A union holds a union, or one type twice.");
            }

            branches.Add(branch);
        }

        return new AvroUnion(branches);
    }

    private AvroType ReadObject(JsonElement json, string? enclosing)
    {
        if (!json.TryGetProperty("type", out var type))
        {
            throw new InvalidDataException("A schema has no type.");
        }

        if (type.ValueKind != JsonValueKind.String)
        {
            return Read(type, enclosing);
        }

        return type.GetString()! switch
        {
            "record" or "error" => ReadRecord(json, enclosing),
            "enum" => ReadEnum(json, enclosing),
            "fixed" => ReadFixed(json, enclosing),
            "array" => new AvroArray(Read(Member(json, "items"), enclosing)),
            "map" => new AvroMap(Read(Member(json, "values"), enclosing)),
            "bytes" => new AvroPrimitive("bytes", ReadDecimal(json)),
            var name when AvroNames.IsPrimitive(name) => new AvroPrimitive(name, number: null),
            var name => Resolve(name, enclosing),
        };
    }

    private AvroRecord ReadRecord(JsonElement json, string? enclosing)
    {
        var fullName = AvroNames.Define(json, enclosing);
        var space = AvroNames.Namespace(fullName);
        var record = Define(new AvroRecord(fullName, ReadAliases(json, space)));
        var fields = new List<AvroField>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in Items(json, "fields"))
        {
            var field = ReadField(item, space);
            if (!seen.Add(field.Name))
            {
                throw new InvalidDataException($"{fullName} has the field '{field.Name}' twice.");
            }

            fields.Add(field);
            if (field.Default is not null)
            {
                _defaults.Add((field, fullName));
            }
        }

        record.Fields = fields;
        return record;
    }

    private AvroField ReadField(JsonElement json, string? space)
    {
        var name = json.ValueKind == JsonValueKind.Object ? AvroNames.Text(json, "name") : null;
        if (name is null || !AvroNames.IsSimple(name))
        {
            throw new InvalidDataException($"'{name}' is not the name of a field.");
        }

        var type = Read(Member(json, "type"), space);
        JsonElement? preset = json.TryGetProperty("default", out var value) ? value : null;
        return new AvroField(name, type, preset, ReadAliases(json, space: null));
    }

    private AvroEnum ReadEnum(JsonElement json, string? enclosing)
    {
        var fullName = AvroNames.Define(json, enclosing);
        string[] symbols = [.. Items(json, "symbols").Select(static item =>
            item.ValueKind == JsonValueKind.String ? item.GetString()! : string.Empty)];
        var fallback = AvroNames.Text(json, "default");
        if (!symbols.All(AvroNames.IsSimple)
            || symbols.Distinct(StringComparer.Ordinal).Count() != symbols.Length
            || (fallback is not null && !symbols.Contains(fallback, StringComparer.Ordinal)))
        {
            throw new InvalidDataException($"The symbols of {fullName} are not names, or not all different.");
        }

        return Define(new AvroEnum(fullName, ReadAliases(json, AvroNames.Namespace(fullName)), symbols, fallback));
    }

    private AvroFixed ReadFixed(JsonElement json, string? enclosing)
    {
        var fullName = AvroNames.Define(json, enclosing);
        return Member(json, "size") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var size) && size >= 0
            ? Define(new AvroFixed(fullName, ReadAliases(json, AvroNames.Namespace(fullName)), size, ReadDecimal(json)))
            : throw new InvalidDataException($"The size of {fullName} is not a number.");
    }

    private T Define<T>(T type)
        where T : AvroNamed =>
        _named.TryAdd(type.FullName, type) ? type : throw new InvalidDataException($"{type.FullName} is defined twice.");

    private static AvroDecimal? ReadDecimal(JsonElement json) =>
        json.TryGetProperty("logicalType", out var logical)
        && logical.ValueKind == JsonValueKind.String
        && logical.ValueEquals("decimal")
        && json.TryGetProperty("precision", out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var precision)
            ? new AvroDecimal(precision, ReadScale(json))
            : null;

    private static int ReadScale(JsonElement json) =>
        json.TryGetProperty("scale", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var scale)
            ? scale
            : 0;

    private static List<string> ReadAliases(JsonElement json, string? space) => !json.TryGetProperty("aliases", out _)
        ? []
        : [.. Items(json, "aliases").Select(item => item.ValueKind == JsonValueKind.String
            ? AvroNames.Qualify(item.GetString()!, space)
            : throw new InvalidDataException("An alias is not a string."))];

    private static JsonElement Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value : throw new InvalidDataException($"'{name}' is missing.");

    private static JsonElement.ArrayEnumerator Items(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Array } items
            ? items.EnumerateArray()
            : throw new InvalidDataException($"'{name}' is not an array.");
}
