using System.Diagnostics;
using Caas.Bench.Processes;

namespace Caas.Bench.Results;

/// <summary>
/// A fixed number of workers, each of which begins its next operation when its last was answered. The load falls when the
/// server stalls, so percentiles of a closed loop leave out the requests that an open one would have sent meanwhile
/// (coordinated omission): they are what these workers saw, not what arrivals at a fixed rate would see.
/// </summary>
/// <typeparam name="TWorker">What a worker needs.</typeparam>
/// <param name="workers">The workers.</param>
/// <param name="operation">One operation of one of them, under a number that no other operation of this loop has.</param>
internal sealed class ClosedLoop<TWorker>(
    IReadOnlyList<TWorker> workers, Func<TWorker, long, CancellationToken, ValueTask> operation)
{
    /// <summary>The most rounds of a warm-up, each as long as what is measured or as it says.</summary>
    public const int MostRounds = 20;

    private const int QuietRounds = 3;
    private const double CompilingShare = 0.01;

    private long _next;

    /// <summary>Does so many operations and measures nothing.</summary>
    public async Task RunAsync(string name, long operations, CancellationToken cancellationToken)
    {
        await using var progress = new Progress(name, operations);
        await RunAsync(operations, new Histogram(), progress, cancellationToken);
    }

    /// <summary>
    /// The same, and again as many until the server has compiled what runs often: until that took less than
    /// <see cref="CompilingShare"/> of its CPU time for <see cref="QuietRounds"/> rounds. One round alone may lie between two
    /// steps: what was instrumented has to be called often before it is compiled for good.
    /// </summary>
    /// <returns>The operations that were done.</returns>
    public async Task<long> WarmUpAsync(IMeasuredServer server, long operations, CancellationToken cancellationToken)
    {
        var quiet = 0;
        var round = 0;
        while (quiet < QuietRounds && round < MostRounds)
        {
            var cpu = server.Cpu.Now;
            var compiler = server.Compiler?.Now;
            await RunAsync($"warm-up, round {++round}", operations, cancellationToken);
            quiet = IsCompiling(server, cpu, compiler) ? 0 : quiet + 1;
        }

        return round * operations;
    }

    private static bool IsCompiling(IMeasuredServer server, TimeSpan cpu, TimeSpan? compiler) =>
        server.Compiler?.Now - compiler > CompilingShare * (server.Cpu.Now - cpu);

    /// <summary>Does so many operations and gives what they took of the server.</summary>
    /// <param name="name">What the measurement is called.</param>
    /// <param name="server">Whose CPU time it is.</param>
    /// <param name="operations">How many.</param>
    /// <param name="settle">
    /// Waits, after the last answer, for what the server owes to the operations yet: its CPU time is theirs too. Null
    /// where an answer is the end of it.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Measurement> MeasureAsync(
        string name,
        IMeasuredServer server,
        long operations,
        Func<CancellationToken, Task>? settle,
        CancellationToken cancellationToken)
    {
        await using var progress = new Progress(name, operations);
        var latencies = new Histogram();
        var cpu = server.Cpu.Now;
        var parts = server.Parts.ToDictionary(part => part.Key, part => part.Value.Now, StringComparer.Ordinal);
        var own = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await RunAsync(operations, latencies, progress, cancellationToken);
        var wall = Stopwatch.GetElapsedTime(started);
        var busy = (Environment.CpuUsage.TotalTime - own) / wall;
        if (settle is not null)
        {
            await settle(cancellationToken);
        }

        var measured = Measure.Of(name, server, latencies, wall, server.Cpu.Now - cpu);

        // Near 1 the driver was the limit: a second then says little of the server, its CPU time still does.
        measured.More["driverBusy"] = Math.Round(busy, 2);
        foreach (var (kind, part) in server.Parts)
        {
            measured.More[kind + "Microseconds"] = (part.Now - parts[kind]).TotalMicroseconds / Math.Max(1, latencies.Count);
        }

        return measured;
    }

    private async Task RunAsync(long operations, Histogram latencies, Progress progress, CancellationToken cancellationToken)
    {
        var last = Interlocked.Read(ref _next) + operations;
        await Task.WhenAll(workers.Select(worker => Task.Run(
            async () =>
            {
                for (var number = Interlocked.Increment(ref _next); number <= last; number = Interlocked.Increment(ref _next))
                {
                    var started = Stopwatch.GetTimestamp();
                    await operation(worker, number, cancellationToken);
                    latencies.AddSince(started);
                    progress.Add();
                }
            },
            cancellationToken)));

        // Each worker took one number too many to see that it was done.
        Interlocked.Exchange(ref _next, last);
    }
}
