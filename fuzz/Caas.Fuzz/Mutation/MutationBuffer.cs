namespace Caas.Fuzz.Mutation;

/// <summary>Bytes that are being changed. What would grow over the cap falls off at the end.</summary>
/// <param name="maxBytes">The cap.</param>
internal sealed class MutationBuffer(int maxBytes)
{
    private readonly byte[] _bytes = new byte[maxBytes];

    /// <summary>How many there are.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Takes these instead.</summary>
    public void Set(ReadOnlySpan<byte> bytes)
    {
        Length = 0;
        Insert(0, bytes);
    }

    /// <summary>Puts bytes in; they must not be a part of this buffer.</summary>
    public void Insert(int at, ReadOnlySpan<byte> bytes)
    {
        var taken = bytes[..Math.Min(bytes.Length, maxBytes - at)];
        var moved = Math.Min(Length - at, maxBytes - at - taken.Length);
        _bytes.AsSpan(at, moved).CopyTo(_bytes.AsSpan(at + taken.Length));
        taken.CopyTo(_bytes.AsSpan(at));
        Length = at + taken.Length + moved;
    }

    /// <summary>Writes over what is there, and no further.</summary>
    public void Overwrite(int at, ReadOnlySpan<byte> bytes) => bytes[..Math.Min(bytes.Length, Length - at)].CopyTo(_bytes.AsSpan(at));

    /// <summary>Takes bytes out.</summary>
    public void Remove(int at, int count)
    {
        _bytes.AsSpan(at + count, Length - at - count).CopyTo(_bytes.AsSpan(at));
        Length -= count;
    }
}
