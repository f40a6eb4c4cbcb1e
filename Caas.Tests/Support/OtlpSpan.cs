using System.Buffers.Binary;
using System.Text;

namespace Caas.Tests.Support;

/// <summary>A span as a collector gets it.</summary>
/// <param name="Service">The <c>service.name</c> of the process.</param>
/// <param name="Instance">The <c>service.instance.id</c> of the process.</param>
/// <param name="TraceId">The trace, in hexadecimal.</param>
/// <param name="Id">The span, in hexadecimal.</param>
/// <param name="ParentId">What it follows from; empty where from nothing.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind: 2 server, 3 client, 4 producer, 5 consumer.</param>
public sealed record OtlpSpan(string Service, string Instance, string TraceId, string Id, string ParentId, string Name, int Kind)
{
    /// <summary>
    /// The spans of an <c>ExportTraceServiceRequest</c>
    /// (https://github.com/open-telemetry/opentelemetry-proto, trace.proto): <c>resource_spans = 1</c>, in it
    /// <c>resource = 1</c> and <c>scope_spans = 2</c>, in that <c>spans = 2</c>.
    /// </summary>
    public static IReadOnlyList<OtlpSpan> Read(ReadOnlyMemory<byte> request) =>
    [
        .. from resourceSpans in Fields(request)
           where resourceSpans.Number == 1
           let attributes = AttributesOf(resourceSpans.Bytes)
           from scopeSpans in Fields(resourceSpans.Bytes)
           where scopeSpans.Number == 2
           from span in Fields(scopeSpans.Bytes)
           where span.Number == 2
           select Of(attributes, span.Bytes),
    ];

    private static OtlpSpan Of(Dictionary<string, string> resource, ReadOnlyMemory<byte> span)
    {
        var fields = Fields(span).ToLookup(field => field.Number);
        return new OtlpSpan(
            resource.GetValueOrDefault("service.name", string.Empty),
            resource.GetValueOrDefault("service.instance.id", string.Empty),
            Hex(fields, 1),
            Hex(fields, 2),
            Hex(fields, 4),
            Encoding.UTF8.GetString(fields[5].Single().Bytes.Span),
            (int)fields[6].Single().Value);
    }

    // Resource: attributes = 1, each a KeyValue: key = 1, value = 2, an AnyValue whose string_value = 1.
    private static Dictionary<string, string> AttributesOf(ReadOnlyMemory<byte> resourceSpans) => Fields(resourceSpans)
        .Where(field => field.Number == 1)
        .SelectMany(resource => Fields(resource.Bytes).Where(field => field.Number == 1))
        .Select(attribute => Fields(attribute.Bytes).ToLookup(field => field.Number))
        .ToDictionary(
            attribute => Encoding.UTF8.GetString(attribute[1].Single().Bytes.Span),
            attribute => Encoding.UTF8.GetString(Fields(attribute[2].Single().Bytes).FirstOrDefault(value => value.Number == 1).Bytes.Span),
            StringComparer.Ordinal);

    private static string Hex(ILookup<int, Field> fields, int number) =>
        Convert.ToHexStringLower(fields[number].FirstOrDefault().Bytes.Span);

    // https://protobuf.dev/programming-guides/encoding/: a tag is number << 3 | wire type.
    private static List<Field> Fields(ReadOnlyMemory<byte> message)
    {
        var fields = new List<Field>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message.Span, ref at);
            var (number, type) = ((int)(tag >> 3), (int)(tag & 7));
            switch (type)
            {
                case 0:
                    fields.Add(new Field(number, Varint(message.Span, ref at), default));
                    break;
                case 1:
                    fields.Add(new Field(number, BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]), default));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message.Span, ref at);
                    fields.Add(new Field(number, 0, message.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    fields.Add(new Field(number, BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..]), default));
                    at += 4;
                    break;
                default:
                    throw new FormatException($"There is no wire type {type}.");
            }
        }

        return fields;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private readonly record struct Field(int Number, ulong Value, ReadOnlyMemory<byte> Bytes);
}
