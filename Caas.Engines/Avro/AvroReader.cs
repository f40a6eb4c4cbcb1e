using System.Text;

namespace Caas.Engines.Avro;

/// <summary>
/// Reads Avro binary (specification 1.12, "Binary Encoding"). Anything that is not well formed is an
/// <see cref="InvalidDataException"/>; nothing is allocated by a length or a count that the bytes do not hold.
/// </summary>
internal ref struct AvroReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>A zig-zag varint of at most 64 bits.</summary>
    public long ReadLong()
    {
        var value = 0UL;
        for (var i = 0; i < _rest.Length && i < 10; i++)
        {
            var part = _rest[i];
            if (i == 9 && part > 1)
            {
                break;
            }

            value |= (ulong)(part & 0x7f) << (7 * i);
            if (part < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw new InvalidDataException("Not a varint.");
    }

    /// <summary>A zig-zag varint of at most 32 bits.</summary>
    public int ReadInt()
    {
        var value = ReadLong();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw new InvalidDataException("Not an int.");
    }

    /// <summary>One byte, 0 or 1.</summary>
    public bool ReadBoolean()
    {
        var value = Take(1)[0];
        return value <= 1 ? value == 1 : throw new InvalidDataException("Not a boolean.");
    }

    /// <summary>The bytes of a string.</summary>
    public ReadOnlySpan<byte> ReadUtf8()
    {
        var length = ReadLong();
        return length >= 0 && length <= _rest.Length ? Take((int)length) : throw new InvalidDataException("Not a length.");
    }

    /// <summary>A string; only well-formed UTF-8 is one.</summary>
    public string ReadString()
    {
        try
        {
            return Strict.GetString(ReadUtf8());
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException("Not UTF-8.", e);
        }
    }

    /// <summary>The branch of a union of null and something else; true where something else follows.</summary>
    public bool ReadBranch() => ReadLong() switch
    {
        0 => false,
        1 => true,
        _ => throw new InvalidDataException("Not a branch of the union."),
    };

    /// <summary>Null or a string.</summary>
    public string? ReadOptionalString() => ReadBranch() ? ReadString() : null;

    /// <summary>Null or a long.</summary>
    public long? ReadOptionalLong() => ReadBranch() ? ReadLong() : null;

    /// <summary>A timestamp-millis within the years 1 to 9999.</summary>
    public DateTimeOffset ReadTime()
    {
        var value = ReadLong();
        return value >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && value <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(value)
            : throw new InvalidDataException("Not a time.");
    }

    /// <summary>Null or a timestamp-millis.</summary>
    public DateTimeOffset? ReadOptionalTime() => ReadBranch() ? ReadTime() : null;

    /// <summary>
    /// How many items the next block of an array or a map has; 0 after the last. Every item has at least one byte, so a
    /// count above the bytes that are left is refused.
    /// </summary>
    public int ReadBlock()
    {
        var count = ReadLong();
        if (count < 0)
        {
            // A negative count is followed by the block's size in bytes, which only a reader that skips needs.
            count = count == long.MinValue ? long.MaxValue : -count;
            if (ReadLong() < 0)
            {
                throw new InvalidDataException("Not a block's size.");
            }
        }

        return count <= _rest.Length ? (int)count : throw new InvalidDataException("Not a block's count.");
    }

    /// <summary>Refuses bytes after the value.</summary>
    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw new InvalidDataException("Bytes after the value.");
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new InvalidDataException("The value ends too early.");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
