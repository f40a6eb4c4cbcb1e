using System.Buffers;

namespace Caas.Engines.Sqlite.Vfs;

/// <summary>
/// Bytes of a write-ahead log that SQLite has written and not yet asked to be synced: one run without holes. Belongs to
/// the thread that writes the file; holds memory only while bytes wait.
/// </summary>
internal sealed class WalBuffer
{
    /// <summary>The most bytes that wait: SQLite's file system for Unix writes less than 128 KiB at once, and nothing of more.</summary>
    public const int Capacity = 120 * 1024;

    private byte[]? _bytes;
    private int _length;

    /// <summary>Where in the file the run begins.</summary>
    public long Start { get; private set; }

    /// <summary>The run.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>
    /// Takes a write that continues the run, or that changes bytes of it in place. False where it does neither or does
    /// not fit: then the run has to go to the file first.
    /// </summary>
    public bool TryWrite(ReadOnlySpan<byte> data, long offset)
    {
        if (_length == 0)
        {
            Start = offset;
        }

        var at = offset - Start;
        if (at < 0 || at > _length || at + data.Length > Capacity)
        {
            return false;
        }

        _bytes ??= ArrayPool<byte>.Shared.Rent(Capacity);
        data.CopyTo(_bytes.AsSpan((int)at));
        _length = Math.Max(_length, (int)at + data.Length);
        return true;
    }

    /// <summary>Whether a read of these bytes would need the run.</summary>
    public bool Holds(long offset, int length) => offset < Start + _length && offset + length > Start;

    /// <summary>The run is in the file, or never will be.</summary>
    public void Clear()
    {
        _length = 0;
        if (_bytes is { } bytes)
        {
            _bytes = null;
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
