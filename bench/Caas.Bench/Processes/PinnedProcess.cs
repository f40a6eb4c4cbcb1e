using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Caas.Bench.Processes;

/// <summary>Another process, kept on one core where asked, whose standard output is read line by line. It is ended by its id.</summary>
internal sealed class PinnedProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly long _started = Stopwatch.GetTimestamp();
    private Task _drain = Task.CompletedTask;

    private PinnedProcess(Process process) => _process = process;

    /// <summary>Its id: taskset becomes the program, it does not start it.</summary>
    public int Id => _process.Id;

    /// <summary>Since it was started.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(_started);

    /// <summary>Starts a program; on this core, or wherever the kernel likes.</summary>
    public static PinnedProcess Start(int? core, string folder, string program, params IEnumerable<string> arguments)
    {
        string[] command = core is { } pinned
            ? ["taskset", "-c", pinned.ToString(CultureInfo.InvariantCulture), program, .. arguments]
            : [program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        try
        {
            return new PinnedProcess(Process.Start(start)!);
        }
        catch (Win32Exception missing)
        {
            throw new BenchException($"{command[0]} could not be started: {missing.Message}");
        }
    }

    /// <summary>Keeps every thread of this process, and those to come, on one core.</summary>
    public static async Task PinSelfAsync(int core, CancellationToken cancellationToken)
    {
        await using var taskset = Start(
            core: null, ".", "taskset", "-a", "-c", "-p", core.ToString(CultureInfo.InvariantCulture),
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        if (await taskset.ExitAsync(cancellationToken) != 0)
        {
            throw new BenchException($"This process could not be kept on core {core}.");
        }
    }

    /// <summary>Waits for a line that begins so, and gives the rest of it.</summary>
    public async Task<string> ReadLineAsync(string start, CancellationToken cancellationToken)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                return line[start.Length..];
            }
        }

        throw new BenchException($"The process ended before it printed '{start}'.");
    }

    /// <summary>Waits for a line that holds this.</summary>
    public async Task ReadTextAsync(string text, CancellationToken cancellationToken)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new BenchException($"The process ended before it printed '{text}'.");
    }

    /// <summary>Reads what else it prints and drops it: a full pipe would stop it.</summary>
    public void Drain() => _drain = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);

    /// <summary>Waits for its end and gives the exit code.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        Drain();
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end (SIGTERM) and waits until it has.</summary>
    public async Task TerminateAsync(CancellationToken cancellationToken)
    {
        await using var kill = Start(core: null, ".", "kill", Id.ToString(CultureInfo.InvariantCulture));
        await kill.ExitAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        await _drain;
        _process.Dispose();
    }
}
