namespace Caas.Fuzz.Mutation;

/// <summary>
/// Numbers that follow from a seed, the same on every version of the runtime: SplitMix64 (Steele, Lea and Flood, 2014).
/// Good enough to choose mutations with, and for nothing secret.
/// </summary>
/// <param name="seed">The seed.</param>
internal sealed class RandomSource(uint seed)
{
    private ulong _state = seed;

    /// <summary>64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        var mixed = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 to below the bound, which is 1 or more.</summary>
    public int Below(int bound) => (int)(((UInt128)Next() * (uint)bound) >> 64);

    /// <summary>A byte.</summary>
    public byte NextByte() => (byte)Next();
}
