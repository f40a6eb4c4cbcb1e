using System.Security.Cryptography;

namespace Caas.Domain.Ids;

/// <summary>Makes secrets and salts. Thread-safe.</summary>
public interface IEntropy
{
    /// <summary>Fills the whole span with bytes that nobody can foresee.</summary>
    void Fill(Span<byte> bytes);
}

/// <summary>
/// The operating system's cryptographic random generator, asked for a block at a time, since every question is a call
/// of the system. A byte is given once and then forgotten.
/// </summary>
public sealed class SystemEntropy : IEntropy
{
    private const int BlockBytes = 1024;

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly byte[] _block = new byte[BlockBytes];
    private int _used = BlockBytes;

    /// <inheritdoc/>
    public void Fill(Span<byte> bytes)
    {
        if (bytes.Length > BlockBytes / 4)
        {
            RandomNumberGenerator.Fill(bytes);
            return;
        }

        lock (_lock)
        {
            if (_used + bytes.Length > BlockBytes)
            {
                RandomNumberGenerator.Fill(_block);
                _used = 0;
            }

            var taken = _block.AsSpan(_used, bytes.Length);
            taken.CopyTo(bytes);
            taken.Clear();
            _used += bytes.Length;
        }
    }
}
