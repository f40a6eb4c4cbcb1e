namespace Caas.Engines;

/// <summary>
/// Which engine stands behind each port. Left out: the embedded one in the host that runs everything, the cluster's in a
/// service of its own. They mix freely, so that one can be moved at a time.
/// </summary>
public sealed class EngineOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Engines";

    /// <summary>The document store.</summary>
    public string? Documents { get; set; }

    /// <summary>Rate limits and presence.</summary>
    public string? Counters { get; set; }

    /// <summary>The realtime bus.</summary>
    public string? Realtime { get; set; }

    /// <summary>The event stream, and with it the schema registry.</summary>
    public string? Events { get; set; }
}
