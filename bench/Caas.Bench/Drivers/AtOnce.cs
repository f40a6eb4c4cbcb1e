namespace Caas.Bench.Drivers;

/// <summary>Does what sets a scene with some of it going on at once, so that the server can share its flushes.</summary>
internal static class AtOnce
{
    private const int Limit = 32;

    public static Task RunAsync(int count, Func<int, CancellationToken, ValueTask> step, CancellationToken cancellationToken) =>
        Parallel.ForAsync(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = Limit, CancellationToken = cancellationToken }, step);
}
