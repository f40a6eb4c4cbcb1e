using System.Buffers.Binary;

namespace Caas.Domain.Ids;

/// <summary>Makes ids. A seeded source makes a run repeatable. Thread-safe.</summary>
public interface IIdSource
{
    /// <summary>A new UUIDv7 (RFC 9562) of the present millisecond: unique, and sorted by time between milliseconds.</summary>
    Guid Next();
}

/// <summary>Ids of the injected clock's time and the operating system's randomness.</summary>
public sealed class ClockIdSource(TimeProvider clock) : IIdSource
{
    private readonly SystemEntropy _entropy = new();

    /// <inheritdoc/>
    public Guid Next()
    {
        // RFC 9562 section 5.7: 48 bits of Unix milliseconds, the version, and randomness but for the two variant bits.
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, clock.GetUtcNow().ToUnixTimeMilliseconds() << 16);
        _entropy.Fill(bytes[6..]);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new Guid(bytes, bigEndian: true);
    }
}
