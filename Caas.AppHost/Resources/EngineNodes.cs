namespace Caas.AppHost.Resources;

/// <summary>The nodes of one engine, as what is published has to know them.</summary>
/// <param name="Names">All of them.</param>
/// <param name="Footprint">Of each.</param>
internal sealed record EngineNodes(IReadOnlyList<string> Names, Footprint Footprint)
{
    /// <summary>A port that takes connections once a node serves; null where another probe is there, or none is needed.</summary>
    public int? ReadyPort { get; init; }

    /// <summary>A command that succeeds within a node that serves; empty where the port says enough.</summary>
    public IReadOnlyList<string> ReadyCommand { get; init; } = [];

    /// <summary>Whether a node has to be reached before it serves: by the others, or by what prepares it.</summary>
    public bool AreReachedUnready { get; init; }

    /// <summary>Whether the others serve while one is away.</summary>
    public bool AreMany => Names.Count > 1;
}
