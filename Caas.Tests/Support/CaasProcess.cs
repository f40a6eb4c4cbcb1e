using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Caas.Tests.Support;

/// <summary>
/// The real product as a process of its own: the embedded host from this assembly's output folder, on free ports of the
/// loopback. It is ended by its process id, whatever happens to the test.
/// </summary>
public sealed class CaasProcess : IAsyncDisposable
{
    // A start is mostly compilation, which a machine that is busy with other things may take long for.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<string> _output = [];
    private readonly List<(string Line, TaskCompletionSource Seen)> _waits = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CaasProcess(Process process)
    {
        _process = process;
        process.EnableRaisingEvents = true;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
    }

    /// <summary>The address of a listener: <c>api</c>, <c>metrics</c>, <c>schema-registry</c>.</summary>
    public Uri this[string listener] => new(Output
        .Single(line => line.StartsWith($"listening: {listener} ", StringComparison.Ordinal))
        .Split(' ')[2]);

    /// <summary>The address of the API.</summary>
    public Uri Url => this["api"];

    public int Id => _process.Id;

    public TimeSpan StartToReady { get; private set; }

    public int ExitCode => _process.ExitCode;

    /// <summary>Every line so far, of both streams.</summary>
    public IReadOnlyList<string> Output
    {
        get
        {
            lock (_lock)
            {
                return [.. _output];
            }
        }
    }

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public static Task<CaasProcess> StartAsync(string dataFolder, params string[] arguments) =>
        StartAsync(StartInfo(["run", .. Arguments(dataFolder), .. arguments]));

    /// <summary>The same for another way to start it.</summary>
    public static async Task<CaasProcess> StartAsync(ProcessStartInfo start)
    {
        var started = Stopwatch.GetTimestamp();
        var caas = Launch(start);
        try
        {
            var ready = caas.WaitForLineAsync("CaaS is ready");
            var first = await Task.WhenAny(ready, caas._ended.Task).WaitAsync(StartPatience, SocketIOHost.Ct);
            if (first != ready)
            {
                // What it said last is read after its end, and says why.
                await caas.WaitForExitAsync();
            }

            first.ShouldBe(ready, $"the process ended: {string.Join('\n', caas.Output)}");
            caas.StartToReady = Stopwatch.GetElapsedTime(started);
            return caas;
        }
        catch
        {
            await caas.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it without waiting, for a start that is expected to fail.</summary>
    public static CaasProcess Launch(string dataFolder, params string[] arguments) =>
        Launch(StartInfo(["run", .. Arguments(dataFolder), .. arguments]));

    /// <summary>The configuration of a host on this folder and on free ports.</summary>
    public static string[] Arguments(string dataFolder) =>
    [
        "--Caas:Data:Path", dataFolder,
        "--Caas:Http:Port", "0",
        "--Caas:Metrics:Port", "0",
        "--Caas:SchemaRegistry:Port", "0",
        "--Caas:Limits:PerIpPerMinute", "0",
    ];

    /// <summary>The command that starts the host with these arguments, in Development.</summary>
    public static ProcessStartInfo StartInfo(IEnumerable<string> arguments) => StartInfo(Host, arguments);

    /// <summary>The same for another of the product's programs.</summary>
    public static ProcessStartInfo StartInfo(string assembly, IEnumerable<string> arguments) => new(DotNet, [assembly, .. arguments])
    {
        WorkingDirectory = Path.GetTempPath(),
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["DOTNET_ENVIRONMENT"] = "Development", ["ASPNETCORE_ENVIRONMENT"] = "Development" },
    };

    /// <summary>The dotnet that runs this process.</summary>
    public static string DotNet
    {
        get
        {
            // <root>/shared/Microsoft.NETCore.App/<version>/
            var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
            return Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        }
    }

    /// <summary>The host's assembly.</summary>
    public static string Host => Path.Combine(AppContext.BaseDirectory, "caas.dll");

    /// <summary>Completes when this line was printed.</summary>
    public Task WaitForLineAsync(string line)
    {
        lock (_lock)
        {
            if (_output.Contains(line))
            {
                return Task.CompletedTask;
            }

            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((line, seen));
            return seen.Task;
        }
    }

    /// <summary>SIGKILL: no goodbye, no flush.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync();
    }

    /// <summary>Sends a signal by its name (<c>TERM</c>) and does not wait.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {Id}"]);
        await kill.WaitForExitAsync(SocketIOHost.Ct);
        kill.ExitCode.ShouldBe(0);
    }

    /// <summary>SIGTERM; gives the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        return await WaitForExitAsync();
    }

    /// <summary>Gives the exit code, and all output is captured.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(SocketIOHost.Ct).WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    /// <summary>The same for another way to start it.</summary>
    public static CaasProcess Launch(ProcessStartInfo start)
    {
        var caas = new CaasProcess(new Process { StartInfo = start });
        caas._process.Exited += (_, _) => caas._ended.TrySetResult();
        caas._process.Start();
        caas._process.BeginOutputReadLine();
        caas._process.BeginErrorReadLine();
        return caas;
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _output.Add(line);
            foreach (var (_, seen) in _waits.Where(wait => wait.Line == line))
            {
                seen.TrySetResult();
            }
        }
    }
}
