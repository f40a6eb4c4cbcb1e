using System.Diagnostics;
using System.Numerics;

namespace Caas.Bench.Results;

/// <summary>
/// Latencies in a fixed amount of memory: each power of two is cut into 128 equal parts, so that what is read out is at
/// most 0.8 % above what went in. Thread-safe.
/// </summary>
internal sealed class Histogram
{
    private const int PartBits = 7;
    private const int MaxShift = 40 - PartBits;

    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly long[] _counts = new long[(MaxShift + 2) << PartBits];
    private long _count;

    /// <summary>How many went in.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Adds what passed since a timestamp.</summary>
    public void AddSince(long timestamp) => Add((long)((Stopwatch.GetTimestamp() - timestamp) * NanosecondsPerTick));

    /// <summary>Adds a latency; what is longer than 18 minutes counts as that.</summary>
    public void Add(long nanoseconds)
    {
        Interlocked.Increment(ref _counts[Math.Min(IndexOf(Math.Max(0, nanoseconds)), _counts.Length - 1)]);
        Interlocked.Increment(ref _count);
    }

    /// <summary>The least value that at least this share of all did not exceed, in milliseconds; 0 where there is none.</summary>
    public double At(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        var seen = 0L;
        for (var index = 0; index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= wanted)
            {
                return UpperOf(index) / 1e6;
            }
        }

        return 0;
    }

    // Values below 256 are their own index; above, the 7 bits behind the leading one choose the part.
    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - PartBits);
        return (shift << PartBits) + (int)(value >> shift);
    }

    private static long UpperOf(int index)
    {
        var shift = Math.Max(0, (index >> PartBits) - 1);
        return (((long)index - (shift << PartBits) + 1) << shift) - 1;
    }
}
