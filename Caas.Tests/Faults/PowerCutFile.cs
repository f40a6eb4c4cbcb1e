namespace Caas.Tests.Faults;

/// <summary>The content of one file: what is durable, and what waits for a sync.</summary>
internal sealed class PowerCutFile
{
    private const int SectorBytes = 512;

    private readonly List<WaitingWrite> _waiting = [];
    private byte[] _bytes = [];
    private int _length;

    /// <summary>A write, or (without data) a truncation.</summary>
    public void Write(int at, long offset, ReadOnlyMemory<byte>? data) => _waiting.Add(new WaitingWrite(at, offset, data));

    /// <summary>What was written up to a moment is durable.</summary>
    public void Sync(int at)
    {
        foreach (var write in _waiting.Where(write => write.At <= at))
        {
            Apply(ref _bytes, ref _length, write, keepsSector: static () => true);
        }

        _waiting.RemoveAll(write => write.At <= at);
    }

    /// <summary>What a cut leaves: each write is kept whole, lost whole, or torn, so that some of its sectors are kept.</summary>
    public byte[] Image(double kept, PowerCutChance chance)
    {
        var bytes = _bytes.AsSpan(0, _length).ToArray();
        var length = _length;
        foreach (var write in _waiting)
        {
            if (chance.Happens(kept))
            {
                var torn = chance.Happens(0.3);
                Apply(ref bytes, ref length, write, () => !torn || chance.Happens(0.5));
            }
        }

        return bytes[..length];
    }

    private static void Apply(ref byte[] bytes, ref int length, WaitingWrite write, Func<bool> keepsSector)
    {
        if (write.Data is not { } data)
        {
            Grow(ref bytes, (int)write.Offset);
            if (write.Offset < length)
            {
                bytes.AsSpan((int)write.Offset, length - (int)write.Offset).Clear();
            }

            length = (int)write.Offset;
            return;
        }

        for (var from = 0; from < data.Length;)
        {
            var place = (int)write.Offset + from;
            var count = Math.Min(data.Length - from, SectorBytes - (place % SectorBytes));
            if (keepsSector())
            {
                Grow(ref bytes, place + count);
                data.Span.Slice(from, count).CopyTo(bytes.AsSpan(place));
                length = Math.Max(length, place + count);
            }

            from += count;
        }
    }

    private static void Grow(ref byte[] bytes, int length)
    {
        if (bytes.Length < length)
        {
            Array.Resize(ref bytes, Math.Max(length, bytes.Length * 2));
        }
    }

    private sealed record WaitingWrite(int At, long Offset, ReadOnlyMemory<byte>? Data);
}
