using System.Globalization;

namespace Caas.Bench.Processes;

/// <summary>The memory of a process, or of several.</summary>
/// <param name="ResidentBytes">What is in memory, shared pages too: <c>VmRSS</c>.</param>
/// <param name="PrivateBytes">What is this process's alone: the private pages of <c>smaps_rollup</c>.</param>
internal sealed record ProcessMemory(long ResidentBytes, long PrivateBytes)
{
    /// <summary>Of a process now.</summary>
    public static ProcessMemory Of(int processId) => new(
        Sum(File.ReadAllText($"/proc/{processId}/status"), "VmRSS:"),
        Sum(File.ReadAllText($"/proc/{processId}/smaps_rollup"), "Private_Clean:", "Private_Dirty:"));

    /// <summary>Of several together; what they share is counted for each.</summary>
    public static ProcessMemory Of(IEnumerable<int> processIds)
    {
        var each = processIds.Select(static processId => Of(processId)).ToList();
        return new(each.Sum(static one => one.ResidentBytes), each.Sum(static one => one.PrivateBytes));
    }

    /// <summary>The sum of these lines, <c>Name:   123 kB</c>, in bytes.</summary>
    public static long Sum(string text, params string[] names) => text.Split('\n')
        .Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words.Length == 3 && names.Contains(words[0], StringComparer.Ordinal))
        .Sum(words => long.Parse(words[1], CultureInfo.InvariantCulture) * 1024);
}
