using System.Text;
using System.Text.Json;
using Caas.Engines.Avro;

namespace Caas.Fuzz.Targets;

/// <summary>The text of a schema, as it is registered.</summary>
/// <remarks>
/// Rules: what is no schema is an <see cref="InvalidDataException"/> and nothing else; the canonical form of a schema is
/// JSON and a schema of the same form, where that can be; a schema reads what it wrote.
/// </remarks>
internal sealed class AvroSchemaTarget : IFuzzTarget
{
    private readonly AvroType _known = AvroSchemaParser.Parse(EventFamily.All.First(static family => family.Kind == EventKind.Message).Schema);

    /// <inheritdoc/>
    public string Name => "avro-schema";

    /// <inheritdoc/>
    public string Reads => "Avro schemas";

    /// <inheritdoc/>
    public AllocationBound Bound { get; } = new(512 * 1024, 2_048);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Tokens { get; } = Oracle.Tokens(
        "{\"type\":\"record\",\"name\":\"A\",\"fields\":[", "{\"name\":\"f\",\"type\":\"A\"}", "{\"type\":\"array\",\"items\":",
        "{\"type\":\"map\",\"values\":", "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"X\"]}", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":4}",
        "[\"null\",", "\"default\":", "\"namespace\":\"a.b\"", "\"aliases\":[\"x\"]", "\"logicalType\":\"decimal\"", "\"precision\":", "\"scale\":",
        "\"null\"", "\"boolean\"", "\"int\"", "\"long\"", "\"float\"", "\"double\"", "\"bytes\"", "\"string\"", "\"size\":", "\"type\":", "\"name\":",
        "null", "{}", "[]", "{", "}", "[", "]", ",", "\\u0000", "\\ud800", "\"a.b.A\"", "\"\"");

    /// <inheritdoc/>
    public int Run(ReadOnlyMemory<byte> input)
    {
        AvroType type;
        try
        {
            type = AvroSchemaParser.Parse(Encoding.UTF8.GetString(input.Span));
        }
        catch (InvalidDataException refusal)
        {
            return 1_000 + Math.Min(refusal.Message.Length, 100);
        }

        if (!AvroNameMix.IsIn(type))
        {
            CheckForm(type);
        }

        Oracle.Require(AvroCompatibility.FindFault(type, type) is null, "A schema reads what it wrote.");
        return Compare(type);
    }

    private static void CheckForm(AvroType type)
    {
        var form = AvroCanonicalForm.Of(type);
        using var document = JsonDocument.Parse(form, new JsonDocumentOptions { MaxDepth = 256 });
        try
        {
            Oracle.Require(AvroCanonicalForm.Of(AvroSchemaParser.Parse(form)) == form, "The form of a form is the form.");
        }
        catch (InvalidDataException refusal)
        {
            throw new OracleException($"The canonical form of a schema is a schema: {form} {refusal.Message}");
        }
    }

    private int Compare(AvroType type)
    {
        try
        {
            var reads = AvroCompatibility.FindFault(_known, type) is null;
            var isRead = AvroCompatibility.FindFault(type, _known) is null;
            return type.Kind.Length + (reads ? 100 : 0) + (isRead ? 200 : 0);
        }
        catch (InvalidDataException)
        {
            return 400;
        }
    }
}
