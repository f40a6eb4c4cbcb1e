using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// Lets one call of each of a process's threads fail, by its number, with strace attached to it; a machine without strace
/// (or where it may not attach) is skipped by name. Its log tells what became of the descriptor.
/// </summary>
internal sealed partial class DiskFaultInjection : IAsyncDisposable
{
    private readonly Process _strace;
    private readonly string _log;

    private DiskFaultInjection(Process strace, string log)
    {
        _strace = strace;
        _log = log;
    }

    /// <summary>How many calls failed.</summary>
    public int Errors { get; private set; }

    /// <summary>
    /// Descriptors that were written after a sync of theirs had failed, as the log has it. One more sync is allowed:
    /// where it is the last connection, SQLite's closing syncs the log before it copies the commits that were synced
    /// before, and removes it; what failed is not among them.
    /// </summary>
    public IReadOnlyList<string> Reused { get; private set; } = [];

    public static async Task<DiskFaultInjection> AttachAsync(int process, string call, string error, int when, string log)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "strace is a thing of Linux.");
        File.Delete(log);
        var strace = Start(
        [
            "-f", "-p", process.ToString(CultureInfo.InvariantCulture), "-o", log,
            "-e", "trace=fsync,pwrite64,close",
            "-e", string.Create(CultureInfo.InvariantCulture, $"inject={call}:error={error}:when={when}"),
        ]);

        // "strace: Process 123 attached with 45 threads", then it lets the process go on.
        var said = await strace.StandardError.ReadLineAsync(SocketIOHost.Ct).AsTask().WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
        Assert.SkipUnless(said?.Contains("attached", StringComparison.Ordinal) == true, $"strace could not attach: {said}");
        return new DiskFaultInjection(strace, log);
    }

    /// <summary>Lets go of the process and reads the log.</summary>
    public async Task DetachAsync()
    {
        using (var kill = Process.Start("/bin/sh", ["-c", $"kill -INT {_strace.Id}"]))
        {
            await kill.WaitForExitAsync(SocketIOHost.Ct);
        }

        await _strace.WaitForExitAsync(SocketIOHost.Ct).WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
        Read(await File.ReadAllLinesAsync(_log, SocketIOHost.Ct));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_strace.HasExited)
        {
            _strace.Kill();
            await _strace.WaitForExitAsync(CancellationToken.None);
        }

        _strace.Dispose();
    }

    private static Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("strace", arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("strace is not installed.");
            throw;
        }
    }

    // 123 fsync(45) = -1 EIO (Input/output error) (INJECTED)
    // 123 fsync(45 <unfinished ...>   and later   123 <... fsync resumed>) = -1 EIO (Input/output error) (INJECTED)
    private void Read(IEnumerable<string> lines)
    {
        var begun = new Dictionary<string, string>(StringComparer.Ordinal);
        var broken = new HashSet<string>(StringComparer.Ordinal);
        var reused = new List<string>();
        foreach (var line in lines)
        {
            if (Call().Match(line) is { Success: true } call)
            {
                var (thread, name, descriptor) = (call.Groups["thread"].Value, call.Groups["name"].Value, call.Groups["descriptor"].Value);
                begun[thread] = descriptor;
                if (name == "close")
                {
                    broken.Remove(descriptor);
                }
                else if (name == "pwrite64" && broken.Contains(descriptor))
                {
                    reused.Add(line);
                }
            }

            if (line.Contains("(INJECTED)", StringComparison.Ordinal) && Thread().Match(line) is { Success: true } by)
            {
                Errors++;
                if (line.Contains("fsync", StringComparison.Ordinal))
                {
                    broken.Add(begun[by.Value]);
                }
            }
        }

        Reused = reused;
    }

    [GeneratedRegex(@"^(?<thread>\d+) +(?<name>fsync|pwrite64|close)\((?<descriptor>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Call();

    [GeneratedRegex(@"^\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Thread();
}
