using System.Globalization;
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
        using var run = new DeliveryRun(caas);

        await run.ExecuteAsync(seed);

        output.WriteLine(Summary(run));
        foreach (var (conversation, history) in run.History)
        {
            foreach (var device in run.Devices)
            {
                device.Texts(conversation).ShouldBe(history);
            }
        }

        run.History.Values.Sum(history => history.Count).ShouldBe(DeliveryRun.Messages);
        run.Devices.Sum(device => device.Holes).ShouldBe(0);

        // The control: without the sync, what was missed is missing.
        run.History.ShouldContain(pair => !run.Forgetful.Texts(pair.Key).SequenceEqual(pair.Value));
    }

    private static string Summary(DeliveryRun run)
    {
        var latencies = run.Devices.SelectMany(device => device.Latencies).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"""
            {DeliveryRun.Sockets} devices, {DeliveryRun.Messages} messages, {run.Devices.Sum(device => device.Connections)} connections, {run.Devices.Sum(device => device.Skipped)} skipped by version, {run.Devices.Sum(device => device.Holes)} holes
            live deliveries: {latencies.Count}, p50 {At(0.5):F1} ms, p99 {At(0.99):F1} ms
            """);

        double At(double part) => latencies.Count == 0 ? 0 : latencies[(int)(part * (latencies.Count - 1))];
    }
}
