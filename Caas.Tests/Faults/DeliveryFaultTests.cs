using System.Security.Cryptography;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>P7: whatever happens to its connections, a device has every message once and in order.</summary>
public sealed class DeliveryFaultTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Devices_that_come_and_go_have_everything_once_and_in_order()
    {
        var seed = (ulong)OrderRun.Setting("CAAS_TEST_SEED", RandomNumberGenerator.GetInt32(1, 1_000_000));
        output.WriteLine($"seed {seed}");
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(
            folder.Path, "--Caas:Limits:PerUserPerMinute", "0", "--Caas:Limits:PerKeyPerMinute", "0");
        using var run = new DeliveryRun(caas.Url);

        await run.ExecuteAsync(seed);

        output.WriteLine(run.ToString());
        run.Check();
    }
}
