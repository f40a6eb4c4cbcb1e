using System.Diagnostics;
using System.Globalization;

namespace Caas.Bench;

/// <summary>The product as another process, pinned to its own core, on free ports and a folder of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int TicksPerSecond = 100;

    private readonly Process _process;
    private readonly string _folder;

    private ServerProcess(Process process, string folder, Uri url, TimeSpan startTime)
    {
        _process = process;
        _folder = folder;
        Url = url;
        StartTime = startTime;
    }

    /// <summary>The API.</summary>
    public Uri Url { get; }

    /// <summary>From the start of the process until it said that it is ready.</summary>
    public TimeSpan StartTime { get; }

    /// <summary>User and kernel time so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            // Field 2 is the name in parentheses, which may hold spaces: count from behind it. utime and stime are 14 and 15.
            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
        }
    }

    /// <summary>Resident memory now, in MiB.</summary>
    public double MemoryMiB
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(one => one.StartsWith("VmRSS:", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Starts it on a core, or where the kernel likes.</summary>
    public static async Task<ServerProcess> StartAsync(int? core)
    {
        var folder = Directory.CreateTempSubdirectory("caas-bench-").FullName;
        string[] run =
        [
            Path.Combine(AppContext.BaseDirectory, "caas.dll"), "run", "--Caas:Data:Path", folder,
            "--Caas:Http:Port", "0", "--Caas:Metrics:Port", "0", "--Caas:SchemaRegistry:Port", "0",
            "--Caas:Limits:PerUserPerMinute", "0", "--Caas:Limits:PerKeyPerMinute", "0", "--Caas:Registration:Open", "true",
        ];
        string[] command = core is { } pinned
            ? ["taskset", "-c", pinned.ToString(CultureInfo.InvariantCulture), "dotnet", .. run]
            : ["dotnet", .. run];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, UseShellExecute = false };
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start) ?? throw new InvalidOperationException("The product did not start.");
        Uri? url = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("listening: api ", StringComparison.Ordinal))
            {
                url = new Uri(line["listening: api ".Length..]);
            }
            else if (line == "CaaS is ready" && url is not null)
            {
                _ = DrainAsync(process);
                return new ServerProcess(process, folder, url, clock.Elapsed);
            }
        }

        throw new InvalidOperationException("The product ended before it was ready.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task DrainAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is not null)
        {
            // A full pipe would stop the product.
        }
    }
}
