using System.Buffers.Text;

namespace Caas.Bench.Drivers;

/// <summary>
/// Bytes made beforehand in which one number of ten digits changes. On the wire a number n is 1,000,000,000 + n, so that
/// it has no leading zeros, which an acknowledgement would lose. For one sender at a time.
/// </summary>
internal sealed class NumberedBytes
{
    /// <summary>Stands where the numbers come.</summary>
    public const string Mark = "##########";

    /// <summary>What the number zero is on the wire.</summary>
    public const long Zero = 1_000_000_000;

    private readonly byte[] _bytes;
    private readonly int[] _places;

    public NumberedBytes(byte[] bytes)
    {
        _bytes = bytes;
        var places = new List<int>();
        for (var at = 0; bytes.AsSpan(at).IndexOf("##########"u8) is >= 0 and var found; at += found + Mark.Length)
        {
            places.Add(at + found);
        }

        _places = [.. places];
    }

    /// <summary>The bytes with this number, valid until the next call.</summary>
    public ReadOnlyMemory<byte> With(long number)
    {
        foreach (var place in _places)
        {
            Utf8Formatter.TryFormat(Zero + number, _bytes.AsSpan(place), out _);
        }

        return _bytes;
    }
}
