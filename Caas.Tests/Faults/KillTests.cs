using System.Security.Cryptography;
using Caas.Tests.EndToEnd;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// P1: what was answered 2xx survives the death of the process. A few kills by default; the long form is
/// <c>CAAS_TEST_KILLS=200 CAAS_TEST_SENDS=200000</c>.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    // So many sends are surely over within the patience of a test, on a slow machine too.
    private const int SendsAtOnce = 500;

    [Fact]
    public async Task Kill_9_under_load_loses_nothing_that_was_acknowledged_and_leaves_no_gap()
    {
        var kills = FaultSize.Of("CAAS_TEST_KILLS", 5);
        var sends = FaultSize.Of("CAAS_TEST_SENDS", 500);
        await using var run = new CrashRun();
        await run.BeginAsync();

        var slowest = TimeSpan.Zero;
        for (var kill = 0; kill < kills; kill++)
        {
            await WaitAsync(run, 1 + RandomNumberGenerator.GetInt32(Math.Max(1, 2 * sends / kills)));
            await run.KillAsync();
            await run.StartAsync();
            slowest = run.Process.StartToReady > slowest ? run.Process.StartToReady : slowest;
            output.WriteLine($"kill {kill + 1}: {run.Acknowledged} acknowledged, ready again after {run.Process.StartToReady.TotalMilliseconds:F0} ms");
        }

        await WaitAsync(run, Math.Max(20, sends - run.Acknowledged));
        (await run.EndAsync()).ShouldBeEmpty();
        output.WriteLine($"{kills} kills, {run.Acknowledged} acknowledged, none lost; slowest start {slowest.TotalMilliseconds:F0} ms");
        run.Acknowledged.ShouldBeGreaterThanOrEqualTo(sends);
    }

    [Fact]
    public async Task A_store_that_forgets_what_it_acknowledged_is_found()
    {
        using var earlier = new TemporaryFolder();
        await using var run = new CrashRun();
        await run.BeginAsync();
        await run.WaitForSendsAsync(20);
        await run.KillAsync();
        FolderCopy.Make(run.DataFolder, earlier.Path);
        await run.StartAsync();
        await run.WaitForSendsAsync(50);
        await run.KillAsync();

        // As a disk would that did not keep what it was told to flush.
        Directory.Delete(run.DataFolder, recursive: true);
        FolderCopy.Make(earlier.Path, run.DataFolder);
        await run.StartAsync();
        await run.WaitForSendsAsync(5);

        (await run.EndAsync()).ShouldContain(fault => fault.StartsWith("C3", StringComparison.Ordinal));
    }

    private static async Task WaitAsync(CrashRun run, int sends)
    {
        for (var left = sends; left > 0; left -= SendsAtOnce)
        {
            await run.WaitForSendsAsync(Math.Min(left, SendsAtOnce));
        }
    }
}
