namespace Caas.Engines.LocalRegistry;

/// <summary>What a new version of a subject must be compatible with, as the Confluent Schema Registry names it.</summary>
internal sealed class CompatibilityLevel
{
    /// <summary>The default: every version reads every other.</summary>
    public static readonly CompatibilityLevel FullTransitive = new("FULL_TRANSITIVE", backward: true, forward: true, all: true);

    private static readonly CompatibilityLevel[] All =
    [
        new("NONE", backward: false, forward: false, all: false),
        new("BACKWARD", backward: true, forward: false, all: false),
        new("BACKWARD_TRANSITIVE", backward: true, forward: false, all: true),
        new("FORWARD", backward: false, forward: true, all: false),
        new("FORWARD_TRANSITIVE", backward: false, forward: true, all: true),
        new("FULL", backward: true, forward: true, all: false),
        FullTransitive,
    ];

    private CompatibilityLevel(string name, bool backward, bool forward, bool all)
    {
        Name = name;
        Backward = backward;
        Forward = forward;
        EveryVersion = all;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The new version must read what the old one wrote.</summary>
    public bool Backward { get; }

    /// <summary>The old version must read what the new one writes.</summary>
    public bool Forward { get; }

    /// <summary>Against every version, not the last alone.</summary>
    public bool EveryVersion { get; }

    /// <summary>The level of this name; null where there is none.</summary>
    public static CompatibilityLevel? Find(string? name) =>
        Array.Find(All, level => string.Equals(level.Name, name, StringComparison.Ordinal));
}
