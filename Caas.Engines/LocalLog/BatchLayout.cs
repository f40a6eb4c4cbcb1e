using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Caas.Domain.Events;

namespace Caas.Engines.LocalLog;

/// <summary>
/// The bytes of one row: the records of one append in one partition. All numbers are little-endian; a varint is
/// LEB128 without sign.
/// </summary>
/// <remarks>
/// <code>
///  0  u8    layout version, 1
///  1  3     0
///  4  u32   number of records
///  8  i64   position: (partition id &lt;&lt; 40) | base offset; set by the writer
/// 16  i64   appended at, Unix milliseconds; set by the writer
/// 24  u64   XxHash64 of everything before and after this field
/// 32        records, each:
///             varint  length of the key, then the key in UTF-8
///             varint  0 without traceparent, else its length + 1, then the traceparent in UTF-8
///             varint  length of the value, then the value
/// </code>
/// The hash covers the position, so that a row in the wrong place is as bad as a row with wrong bytes.
/// </remarks>
internal static class BatchLayout
{
    /// <summary>Where the records begin.</summary>
    public const int HeaderBytes = 32;

    /// <summary>The layout that this class writes, and the only one that it reads.</summary>
    public const byte Version = 1;

    private const int OffsetBits = 40;
    private const int CountAt = 4;
    private const int PositionAt = 8;
    private const int AppendedAt = 16;
    private const int HashAt = 24;
    private const int SmallestRecord = 3;

    /// <summary>The key of a row.</summary>
    public static long Position(long partitionId, long baseOffset) => (partitionId << OffsetBits) | baseOffset;

    /// <summary>The offset in the key of a row.</summary>
    public static long BaseOffset(long position) => position & ((1L << OffsetBits) - 1);

    /// <summary>Fills the fields of the header that the caller of an append knows.</summary>
    public static void Begin(Span<byte> body, int records)
    {
        body[..HeaderBytes].Clear();
        body[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(body[CountAt..], records);
    }

    /// <summary>Fills the fields that only the writer knows, and the hash.</summary>
    public static void Stamp(Span<byte> body, long position, long appendedAt)
    {
        BinaryPrimitives.WriteInt64LittleEndian(body[PositionAt..], position);
        BinaryPrimitives.WriteInt64LittleEndian(body[AppendedAt..], appendedAt);
        BinaryPrimitives.WriteUInt64LittleEndian(body[HashAt..], Hash(body));
    }

    /// <summary>Whether these are the bytes that were stamped for this position.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> body, long position) =>
        body.Length >= HeaderBytes
        && body[0] == Version
        && BinaryPrimitives.ReadInt64LittleEndian(body[PositionAt..]) == position
        && BinaryPrimitives.ReadUInt64LittleEndian(body[HashAt..]) == Hash(body);

    /// <summary>The records of an intact body; their values are parts of it.</summary>
    public static ConsumedRecord[] Read(ReadOnlyMemory<byte> body)
    {
        var span = body.Span;
        var count = BinaryPrimitives.ReadInt32LittleEndian(span[CountAt..]);
        if (count < 1 || count > (span.Length - HeaderBytes) / SmallestRecord)
        {
            throw Broken();
        }

        var records = new ConsumedRecord[count];
        var offset = BaseOffset(BinaryPrimitives.ReadInt64LittleEndian(span[PositionAt..]));
        var appendedAt = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(span[AppendedAt..]));
        var at = HeaderBytes;
        for (var i = 0; i < count; i++)
        {
            var key = ReadText(span, ref at, ReadLength(span, ref at));
            var traced = ReadLength(span, ref at);
            var traceParent = traced == 0 ? null : ReadText(span, ref at, traced - 1);
            var value = Take(span, ref at, ReadLength(span, ref at));
            records[i] = new ConsumedRecord(offset + i, key, body[value], traceParent, appendedAt);
        }

        return at == span.Length ? records : throw Broken();
    }

    private static ulong Hash(ReadOnlySpan<byte> body)
    {
        var hash = new XxHash64();
        hash.Append(body[..HashAt]);
        hash.Append(body[HeaderBytes..]);
        return hash.GetCurrentHashAsUInt64();
    }

    private static string ReadText(ReadOnlySpan<byte> span, ref int at, int length) =>
        Encoding.UTF8.GetString(span[Take(span, ref at, length)]);

    private static Range Take(ReadOnlySpan<byte> span, ref int at, int length)
    {
        if ((uint)length > (uint)(span.Length - at))
        {
            throw Broken();
        }

        var range = at..(at + length);
        at += length;
        return range;
    }

    private static int ReadLength(ReadOnlySpan<byte> span, ref int at)
    {
        var value = 0u;
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (at >= span.Length)
            {
                throw Broken();
            }

            var part = span[at++];
            value |= (uint)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return (int)value;
            }
        }

        throw Broken();
    }

    private static InvalidDataException Broken() => new("The records of a batch do not fill it.");
}
