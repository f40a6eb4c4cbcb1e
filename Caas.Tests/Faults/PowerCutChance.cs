namespace Caas.Tests.Faults;

/// <summary>The same chances for the same seed (SplitMix64), so that an image can be made again.</summary>
internal sealed class PowerCutChance(ulong seed)
{
    private ulong _state = seed;

    public int Below(int most) => most <= 1 ? 0 : (int)(Next() % (ulong)most);

    public bool Happens(double chance) => (Next() >> 11) * (1.0 / (1UL << 53)) < chance;

    private ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        var mixed = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
}
