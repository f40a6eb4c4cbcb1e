using Caas.Bench.Processes;

namespace Caas.Bench.Results;

/// <summary>Starts of the product, one after the other.</summary>
internal sealed class StartTimes
{
    /// <summary>What the median is called among the figures.</summary>
    public const string Median = "medianMs";

    private readonly List<double> _milliseconds = [];
    private ProcessMemory _memory = new(0, 0);

    /// <summary>Starts it over a folder, and stops it again.</summary>
    public async Task AddAsync(int? core, TemporaryFolder data, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(core, data, cancellationToken);
        _milliseconds.Add(server.StartTime.TotalMilliseconds);
        _memory = server.Memory;
        await server.StopAsync(cancellationToken);
    }

    /// <summary>Their least, median and greatest time; the memory is that of the last.</summary>
    public Measurement ToMeasurement(string name)
    {
        _milliseconds.Sort();
        return Measure.Of(name, _memory) with
        {
            Operations = _milliseconds.Count,
            More = new(StringComparer.Ordinal)
            {
                ["minMs"] = _milliseconds[0],
                [Median] = _milliseconds[_milliseconds.Count / 2],
                ["maxMs"] = _milliseconds[^1],
            },
        };
    }
}
