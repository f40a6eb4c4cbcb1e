using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Caas.Engines.Avro;

/// <summary>
/// Writes Avro binary (specification 1.12, "Binary Encoding") into a rented buffer that grows. Whoever makes one calls
/// <see cref="Return"/> in the same method.
/// </summary>
internal ref struct AvroWriter(int sizeHint)
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(sizeHint);
    private int _used;

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _used);

    /// <summary>Gives the buffer back.</summary>
    public readonly void Return() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>The Confluent wire format's head: a zero byte and the schema id, big-endian.</summary>
    public void WriteHead(int schemaId)
    {
        var head = Reserve(5);
        head[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(head[1..], schemaId);
        _used += 5;
    }

    /// <summary>A zig-zag varint: int and long are written alike.</summary>
    public void WriteLong(long value)
    {
        var bytes = Reserve(10);
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var length = 0;
        while (rest >= 0x80)
        {
            bytes[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        bytes[length++] = (byte)rest;
        _used += length;
    }

    /// <summary>One byte, 0 or 1.</summary>
    public void WriteBoolean(bool value)
    {
        Reserve(1)[0] = value ? (byte)1 : (byte)0;
        _used++;
    }

    /// <summary>A length and UTF-8.</summary>
    public void WriteString(string value)
    {
        WriteLong(Encoding.UTF8.GetByteCount(value));
        _used += Encoding.UTF8.GetBytes(value, Reserve(Encoding.UTF8.GetMaxByteCount(value.Length)));
    }

    /// <summary>A length and bytes that are UTF-8 already.</summary>
    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        WriteLong(utf8.Length);
        utf8.CopyTo(Reserve(utf8.Length));
        _used += utf8.Length;
    }

    /// <summary>A union of null and something else: its branch; true where something else follows.</summary>
    public bool WriteBranch(bool present)
    {
        WriteLong(present ? 1 : 0);
        return present;
    }

    /// <summary>Null or a string.</summary>
    public void WriteOptional(string? value)
    {
        if (WriteBranch(value is not null))
        {
            WriteString(value!);
        }
    }

    /// <summary>Null or a long.</summary>
    public void WriteOptional(long? value)
    {
        if (WriteBranch(value is not null))
        {
            WriteLong(value.GetValueOrDefault());
        }
    }

    /// <summary>A timestamp-millis.</summary>
    public void WriteTime(DateTimeOffset value) => WriteLong(value.ToUnixTimeMilliseconds());

    /// <summary>Null or a timestamp-millis.</summary>
    public void WriteOptional(DateTimeOffset? value) => WriteOptional(value?.ToUnixTimeMilliseconds());

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _used < bytes)
        {
            Grow(bytes);
        }

        return _buffer.AsSpan(_used);
    }

    private void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _used + bytes));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
