using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Caas.Engines.Doctor;

namespace Caas.Standalone.Doctor;

/// <inheritdoc/>
/// <remarks>What every process of the product needs of its machine, whatever its engines.</remarks>
internal sealed partial class MachineExamination(IConfiguration configuration) : IExamination
{
    // Files, engines and the listeners' own, beside the sockets of people.
    private const long OtherFiles = 2000;
    private const long LeastFiles = 4096;
    private const long LeastMemory = 512L * 1024 * 1024;
    private const int UsualConnections = 100_000;

    /// <inheritdoc/>
    public string Of => "machine";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Finding> ExamineAsync(
        Examination examination, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Memory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (!OperatingSystem.IsLinux())
        {
            yield break;
        }

        yield return Clock(AdjTimeX(new byte[TimeXBytes]));
        var limits = await File.ReadAllLinesAsync("/proc/self/limits", cancellationToken);
        yield return OpenFiles(limits, configuration.GetValue("SocketIO:MaxConnections", UsualConnections));
    }

    internal static Finding Memory(long bytes) => Finding.Of(
        bytes >= LeastMemory,
        "memory",
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024 / 1024} MiB"),
        Severity.Warning,
        "512 MiB or more",
        "Give the machine or the container more memory.");

    /// <summary>By what adjtimex(2) answers: 5 where nothing sets the clock.</summary>
    internal static Finding Clock(int state)
    {
        const int NotSet = 5;
        return state < 0
            ? Finding.Ok("clock", "the kernel does not tell")
            : Finding.Of(
                state != NotSet,
                "clock",
                state == NotSet ? "nothing sets it" : "set from elsewhere",
                Severity.Warning,
                "set from elsewhere (NTP)",
                "Run chrony or systemd-timesyncd: tokens and sessions end by the clock.");
    }

    /// <summary>By <c>/proc/self/limits</c>: the runtime raises the soft limit to the hard one by itself.</summary>
    internal static Finding OpenFiles(IReadOnlyList<string> limits, long connections)
    {
        const string Name = "Max open files";
        var fields = limits.FirstOrDefault(static line => line.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields is not [_, var hard, ..])
        {
            return Finding.Ok("open files", "the kernel does not tell");
        }

        var limit = long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
        var wanted = connections + OtherFiles;
        return Finding.Of(
            limit >= wanted,
            "open files",
            hard,
            limit >= LeastFiles ? Severity.Warning : Severity.Error,
            wanted.ToString(CultureInfo.InvariantCulture),
            "Raise the hard limit (LimitNOFILE of the unit, ulimit -Hn, ulimits of the container), or lower SocketIO:MaxConnections.");
    }

    // struct timex, https://man7.org/linux/man-pages/man2/adjtimex.2.html: its first field, the modes, is 0 and changes nothing.
    private const int TimeXBytes = 512;

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AdjTimeX(Span<byte> timeX);
}
