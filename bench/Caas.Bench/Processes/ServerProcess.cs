namespace Caas.Bench.Processes;

/// <summary>The product as another process, on free ports.</summary>
internal sealed class ServerProcess : IMeasuredServer
{
    // Far above what a run does, so that the limiter counts and never refuses.
    private const string Unreached = "100000000";

    private readonly PinnedProcess _process;

    private ServerProcess(PinnedProcess process, Uri url, TimeSpan startTime)
    {
        _process = process;
        Url = url;
        StartTime = startTime;
        Cpu = new CpuClock(process.Id);
        Compiler = new CompilerClock(process.Id);
    }

    /// <inheritdoc/>
    public Uri Url { get; }

    /// <inheritdoc/>
    public CpuClock Cpu { get; }

    /// <inheritdoc/>
    public CompilerClock? Compiler { get; }

    /// <inheritdoc/>
    public ProcessMemory Memory => ProcessMemory.Of(_process.Id);

    /// <summary>From the start of the process until it said that it is ready.</summary>
    public TimeSpan StartTime { get; }

    /// <summary>What every process of the product is told: free ports, open registration, limits that are never reached.</summary>
    public static IReadOnlyList<string> Settings { get; } =
    [
        "--Caas:Http:Port", "0",
        "--Caas:Metrics:Port", "0",
        "--Caas:Limits:PerIpPerMinute", Unreached,
        "--Caas:Limits:PerUserPerMinute", Unreached,
        "--Caas:Limits:PerKeyPerMinute", Unreached,
        "--Caas:Tokens:AccessLifetime", "1.00:00:00",
        "--Caas:Registration:Open", "true",
    ];

    /// <summary>Starts it over a folder and waits until it is ready.</summary>
    public static async Task<ServerProcess> StartAsync(int? core, TemporaryFolder data, CancellationToken cancellationToken)
    {
        var process = PinnedProcess.Start(
            core,
            data.Path,
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "caas.dll"), "run", "--Caas:Data:Path", data.Path, "--Caas:SchemaRegistry:Port", "0", .. Settings]);
        try
        {
            var url = await process.ReadLineAsync("listening: api ", cancellationToken);
            await process.ReadLineAsync("CaaS is ready", cancellationToken);
            var startTime = process.Age;
            process.Drain();
            return new ServerProcess(process, new Uri(url), startTime);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it in good order.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _process.TerminateAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
