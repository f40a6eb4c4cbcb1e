namespace Caas.Http.Hosting;

/// <summary>Where the process listens. A port of 0 picks a free one; each is printed at start.</summary>
internal sealed class HttpOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Http";

    /// <summary>The port of the API, the sockets and the reference.</summary>
    public int Port { get; set; } = 3000;

    /// <summary>The address of all listeners: an IP address, or <c>localhost</c>.</summary>
    public string Host { get; set; } = "localhost";

    /// <summary>What is wrong with the values, as <c>path: reason</c>; empty where nothing is.</summary>
    public IEnumerable<string> Validate()
    {
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
