using System.Runtime.InteropServices;
using Caas.Bench.Processes;

namespace Caas.Bench.Results;

/// <summary>Where a run took place.</summary>
/// <param name="Cpu">The processor's model.</param>
/// <param name="Cores">How many cores this process may use.</param>
/// <param name="MemoryGiB">Memory in all.</param>
/// <param name="Kernel">The operating system's kernel.</param>
/// <param name="DotNet">The runtime.</param>
/// <param name="Commit">The product's commit; <c>+</c> behind it where files differ from it.</param>
internal sealed record Machine(string Cpu, int Cores, double MemoryGiB, string Kernel, string DotNet, string Commit)
{
    /// <summary>This one.</summary>
    public static async Task<Machine> DescribeAsync(CancellationToken cancellationToken) => new(
        await CpuAsync(cancellationToken),
        Environment.ProcessorCount,
        Math.Round(ProcessMemory.Sum(await File.ReadAllTextAsync("/proc/meminfo", cancellationToken), "MemTotal:") / Math.Pow(1024, 3), 1),
        "Linux " + (await File.ReadAllTextAsync("/proc/sys/kernel/osrelease", cancellationToken)).Trim(),
        RuntimeInformation.FrameworkDescription,
        await CommitAsync(cancellationToken));

    private static async Task<string> CpuAsync(CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync("/proc/cpuinfo", cancellationToken);
        return lines.FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ", 2)[1] ?? "unknown";
    }

    private static async Task<string> CommitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var git = PinnedProcess.Start(
                core: null, RepositoryRoot.Path, "git", "describe", "--always", "--abbrev=10", "--exclude=*", "--dirty=+");
            return await git.ReadLineAsync(string.Empty, cancellationToken);
        }
        catch (BenchException)
        {
            return "unknown";
        }
    }
}
