namespace Caas.Tests.Support.MongoWireServer;

/// <summary>
/// What a wire server tells of the deployment around it, to whoever examines that: left as it is, a healthy primary of a
/// set of one. It replicates nothing, whatever it tells.
/// </summary>
public sealed class MongoWireSet
{
    public string Version { get; init; } = "8.0.0";

    /// <summary>Whether it is in no set.</summary>
    public bool IsStandalone { get; init; }

    /// <summary>Whether another one is the primary.</summary>
    public bool IsSecondary { get; init; }

    /// <summary>The addresses of the other data members.</summary>
    public IReadOnlyList<string> Others { get; set; } = [];

    /// <summary>The state of each of them.</summary>
    public string StateOfOthers { get; init; } = "SECONDARY";

    public IReadOnlyList<string> Arbiters { get; init; } = [];

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan ClockAhead { get; init; }

    /// <summary>The <c>w</c> of what is written without a concern of its own.</summary>
    public string DefaultConcern { get; init; } = "majority";
}
