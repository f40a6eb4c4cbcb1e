using System.Globalization;
using System.Text;

namespace Caas.Engines.Avro;

/// <summary>
/// The Parsing Canonical Form (specification 1.12): what of a schema decides the bytes of a value. Two schemas of one
/// form read and write alike.
/// </summary>
internal static class AvroCanonicalForm
{
    /// <summary>The form of a schema.</summary>
    public static string Of(AvroType type)
    {
        var text = new StringBuilder();
        Write(text, type, new HashSet<string>(StringComparer.Ordinal));
        return text.ToString();
    }

    private static void Write(StringBuilder text, AvroType type, HashSet<string> defined)
    {
        switch (type)
        {
            case AvroNamed named when !defined.Add(named.FullName):
                text.Append('"').Append(named.FullName).Append('"');
                break;
            case AvroRecord record:
                WriteHead(text, record).Append(",\"fields\":[");
                Join(text, record.Fields, (field, builder) =>
                {
                    builder.Append("{\"name\":\"").Append(field.Name).Append("\",\"type\":");
                    Write(builder, field.Type, defined);
                    builder.Append('}');
                });
                text.Append("]}");
                break;
            case AvroEnum symbols:
                WriteHead(text, symbols).Append(",\"symbols\":[");
                Join(text, symbols.Symbols, static (symbol, builder) => builder.Append('"').Append(symbol).Append('"'));
                text.Append("]}");
                break;
            case AvroFixed bytes:
                WriteHead(text, bytes).Append(CultureInfo.InvariantCulture, $",\"size\":{bytes.Size}}}");
                break;
            case AvroArray array:
                text.Append("{\"type\":\"array\",\"items\":");
                Write(text, array.Items, defined);
                text.Append('}');
                break;
            case AvroMap map:
                text.Append("{\"type\":\"map\",\"values\":");
                Write(text, map.Values, defined);
                text.Append('}');
                break;
            case AvroUnion union:
                text.Append('[');
                Join(text, union.Branches, (branch, builder) => Write(builder, branch, defined));
                text.Append(']');
                break;
            default:
                text.Append('"').Append(type.Kind).Append('"');
                break;
        }
    }

    private static StringBuilder WriteHead(StringBuilder text, AvroNamed named) =>
        text.Append("{\"name\":\"").Append(named.FullName).Append("\",\"type\":\"").Append(named.Kind).Append('"');

    private static void Join<T>(StringBuilder text, IReadOnlyList<T> items, Action<T, StringBuilder> write)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                text.Append(',');
            }

            write(items[i], text);
        }
    }
}
