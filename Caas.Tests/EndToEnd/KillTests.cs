using System.Globalization;
using System.Security.Cryptography;

namespace Caas.Tests.EndToEnd;

/// <summary>
/// P1: what was answered 2xx survives the death of the process. Five kills by default, more with
/// <c>CAAS_TEST_KILLS</c>.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int MostSendsBetweenKills = 200;

    [Fact]
    public async Task Kill_9_under_load_loses_nothing_that_was_acknowledged_and_leaves_no_gap()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("CAAS_TEST_KILLS") ?? "5", CultureInfo.InvariantCulture);
        await using var run = new CrashRun();
        await run.BeginAsync();

        for (var kill = 0; kill < kills; kill++)
        {
            await run.WaitForSendsAsync(1 + RandomNumberGenerator.GetInt32(MostSendsBetweenKills));
            await run.KillAsync();
            await run.StartAsync();
            output.WriteLine($"kill {kill + 1}: {run.Acknowledged} acknowledged, ready again after {run.Process.StartToReady.TotalMilliseconds:F0} ms");
        }

        await run.WaitForSendsAsync(20);
        (await run.EndAsync()).ShouldBeEmpty();
        run.Acknowledged.ShouldBeGreaterThan(kills);
    }
}
