namespace Caas.Http.Hosting;

/// <summary>Where the process listens. A port of 0 picks a free one; each is printed at start.</summary>
internal sealed class HttpOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Http";

    // What is left of the ten seconds is for requests and sockets.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(6);

    /// <summary>The port of the API, the sockets and the reference.</summary>
    public int Port { get; set; } = 3000;

    /// <summary>The address of all listeners: an IP address, or <c>localhost</c>.</summary>
    public string Host { get; set; } = "localhost";

    /// <summary>
    /// How long the process goes on serving after it was told to stop, while it says that it is not ready: as long as what
    /// stands before it takes to see that and to leave it.
    /// </summary>
    public TimeSpan DrainDelay { get; set; }

    /// <summary>What is wrong with the values, as <c>path: reason</c>; empty where nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (DrainDelay < TimeSpan.Zero || DrainDelay > LongestDelay)
        {
            yield return $"{Section}:{nameof(DrainDelay)}: must be between 00:00:00 and {LongestDelay:c}.";
        }

        if (!PortRule.IsValid(Port))
        {
            yield return $"{Section}:{nameof(Port)}: {PortRule.Words}";
        }

        if (Host != "localhost" && !System.Net.IPAddress.TryParse(Host, out _))
        {
            yield return $"{Section}:{nameof(Host)}: must be an IP address or localhost.";
        }
    }
}

/// <summary>Where the metrics are.</summary>
public sealed class MetricsOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Metrics";

    /// <summary>The port of <c>/metrics</c>.</summary>
    public int Port { get; set; } = 3001;
}

/// <summary>What a port may be.</summary>
internal static class PortRule
{
    public const string Words = "must be between 0 and 65535.";

    public static bool IsValid(int port) => port is >= 0 and <= 65535;
}
