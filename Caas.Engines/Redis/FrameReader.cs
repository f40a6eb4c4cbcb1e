using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Caas.Engines.Redis;

/// <summary>Takes the parts of a frame one after the other, and never more than there is.</summary>
/// <param name="bytes">The frame.</param>
internal ref struct FrameReader(ReadOnlyMemory<byte> bytes)
{
    private const int GuidBytes = 16;
    private const int NumberBytes = 8;

    private ReadOnlyMemory<byte> _rest = bytes;

    /// <summary>What was not taken.</summary>
    public readonly ReadOnlyMemory<byte> Rest => _rest;

    /// <summary>Whether everything was taken.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>One byte.</summary>
    public bool TryTakeByte(out byte value)
    {
        var taken = TryTake(1, out var part);
        value = taken ? part[0] : default;
        return taken;
    }

    /// <summary>Eight bytes.</summary>
    public bool TryTakeNumber(out long value)
    {
        var taken = TryTake(NumberBytes, out var part);
        value = taken ? BinaryPrimitives.ReadInt64BigEndian(part) : default;
        return taken;
    }

    /// <summary>Sixteen bytes.</summary>
    public bool TryTakeGuid(out Guid value)
    {
        var taken = TryTake(GuidBytes, out var part);
        value = taken ? new Guid(part, bigEndian: true) : default;
        return taken;
    }

    /// <summary>One byte for the length, at least 1, and as much ASCII.</summary>
    public bool TryTakeText([NotNullWhen(true)] out string? value)
    {
        value = TryTakeByte(out var length) && length > 0 && TryTake(length, out var part) && Ascii.IsValid(part)
            ? Encoding.ASCII.GetString(part)
            : null;
        return value is not null;
    }

    private bool TryTake(int count, out ReadOnlySpan<byte> part)
    {
        if (_rest.Length < count)
        {
            part = default;
            return false;
        }

        part = _rest.Span[..count];
        _rest = _rest[count..];
        return true;
    }
}
