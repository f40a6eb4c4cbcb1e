using System.Globalization;

namespace Caas.Fuzz.Runs;

/// <summary>Runs a target over its corpus and mutations of it, and finds calls that never return.</summary>
internal sealed class FuzzLoop(IFuzzTarget target, IReadOnlyList<byte[]> corpus, FuzzLimits limits, TimeProvider clock)
{
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(250);

    /// <summary>Calls the target for so long, or until something is found.</summary>
    public async Task<FuzzReport> RunAsync(uint seed, TimeSpan length, CancellationToken cancellationToken)
    {
        var worker = new FuzzWorker(target, corpus, seed, limits, clock);
        var start = clock.GetTimestamp();
        worker.Start(length);
        var hang = await WatchAsync(worker, cancellationToken);
        return new FuzzReport(
            target.Name, seed, worker.Executions, clock.GetElapsedTime(start), hang is null ? worker.Verdicts : 0, hang ?? worker.Failure);
    }

    private async Task<FuzzFailure?> WatchAsync(FuzzWorker worker, CancellationToken cancellationToken)
    {
        var (seen, since) = (worker.Executions, clock.GetTimestamp());
        using var stop = cancellationToken.Register(worker.Stop);
        while (await Task.WhenAny(worker.Done, Task.Delay(Watch, clock, CancellationToken.None)) != worker.Done)
        {
            if (worker.Executions != seen)
            {
                (seen, since) = (worker.Executions, clock.GetTimestamp());
            }
            else if (clock.GetElapsedTime(since) > limits.Hang)
            {
                worker.Stop();
                var limit = limits.Hang.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                return new FuzzFailure($"The call did not return within {limit} s.", worker.Input);
            }
        }

        await worker.Done;
        return null;
    }
}
