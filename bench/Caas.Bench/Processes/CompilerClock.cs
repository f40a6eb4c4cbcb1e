using System.Globalization;

namespace Caas.Bench.Processes;

/// <summary>
/// The CPU time that .NET processes spend on compiling what runs often anew (tiered compilation). While it does, its
/// operations cost what they never cost again: the instrumented code, and the compiler beside it.
/// </summary>
internal sealed class CompilerClock(params IReadOnlyList<int> processIds)
{
    // The kernel keeps 15 characters of a thread's name: ".NET Tiered Compilation Worker".
    private const string Thread = ".NET Tiered Com";

    /// <summary>So far, of the threads that compile now: a thread that found nothing to do for 4 s ends, and takes its time along.</summary>
    public TimeSpan Now
    {
        get
        {
            var sum = TimeSpan.Zero;
            foreach (var processId in processIds)
            {
                foreach (var task in Directory.EnumerateDirectories($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/task"))
                {
                    sum += Of(task);
                }
            }

            return sum;
        }
    }

    private static TimeSpan Of(string task)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(task, "stat"));
            return stat.Contains(Thread, StringComparison.Ordinal) ? CpuClock.Parse(stat) : TimeSpan.Zero;
        }
        catch (IOException)
        {
            // The thread ended meanwhile.
            return TimeSpan.Zero;
        }
    }
}
