using System.Globalization;

namespace Caas.Bench.Processes;

/// <summary>The CPU time of other processes: user and kernel, all their threads, those that ended too.</summary>
internal sealed class CpuClock(params IReadOnlyList<int> processIds)
{
    // The unit of /proc/<pid>/stat: USER_HZ, which Linux fixes at 100 for user space. A run has to last for seconds.
    private const int TicksPerSecond = 100;

    /// <summary>So far.</summary>
    public TimeSpan Now => processIds.Aggregate(
        TimeSpan.Zero, static (sum, processId) => sum + Parse(File.ReadAllText($"/proc/{processId}/stat")));

    /// <summary>Fields 14 and 15, <c>utime</c> and <c>stime</c> (proc_pid_stat(5)).</summary>
    public static TimeSpan Parse(string stat)
    {
        // Field 2 is the name in parentheses, which may hold spaces and parentheses: count from behind the last one.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }
}
