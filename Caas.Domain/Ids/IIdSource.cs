using System.Security.Cryptography;

namespace Caas.Domain.Ids;

/// <summary>Makes ids. A seeded source makes a run repeatable. Thread-safe.</summary>
public interface IIdSource
{
    /// <summary>A new UUIDv7 (RFC 9562) of the present millisecond: unique, and sorted by time between milliseconds.</summary>
    Guid Next();
}

/// <summary>Makes secrets and salts. Thread-safe.</summary>
public interface IEntropy
{
    /// <summary>Fills the whole span with bytes that nobody can foresee.</summary>
    void Fill(Span<byte> bytes);
}

/// <summary>Ids of the injected clock's time and the operating system's randomness.</summary>
public sealed class ClockIdSource(TimeProvider clock) : IIdSource
{
    /// <inheritdoc/>
    public Guid Next() => Guid.CreateVersion7(clock.GetUtcNow());
}

/// <summary>The operating system's cryptographic random generator.</summary>
public sealed class SystemEntropy : IEntropy
{
    /// <inheritdoc/>
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
