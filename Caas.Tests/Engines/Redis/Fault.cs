namespace Caas.Tests.Engines.Redis;

/// <summary>What happens to a Redis.</summary>
public enum Fault
{
    /// <summary>It stands still and holds its connections.</summary>
    Frozen,

    /// <summary>It is gone, and comes back with nothing in it.</summary>
    Killed,
}
