using System.Diagnostics;
using System.Globalization;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// P12: who does not read costs the others nothing, holds a bounded queue, and is closed and told why. Sixteen by default,
/// more with <c>CAAS_TEST_SLOW_READERS</c>, where the others' p99 is held to its figure too.
/// </summary>
public sealed class SlowReaderTests(ITestOutputHelper output)
{
    private const int MaxOutboundBytes = 1_000_000;

    // One event is always let in.
    private const int LargestEvent = SlowReaderRun.TextLength + 2_000;

    private static readonly int Stalled = OrderRun.Setting("CAAS_TEST_SLOW_READERS", 16);

    [Fact]
    public async Task Sockets_that_do_not_read_are_closed_as_slow_within_their_bound_and_slow_nobody()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await StartAsync(folder, MaxOutboundBytes);
        await using var run = new SlowReaderRun(caas);
        await run.BeginAsync();
        await run.SendAsync(10);
        var alone = await run.SendAsync(50);
        await run.AddReadersAsync(Stalled);
        await run.SendAsync(10);
        var without = await run.SendAsync(50);
        await run.StallAsync();

        var with = await run.SendAsync(50);
        while (await run.ReadMetricAsync("socketio_slow_total") < Stalled)
        {
            with = Math.Max(with, await run.SendAsync(20));
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"p99 of those who read: alone {alone:F1} ms, beside {Stalled} more who read {without:F1} ms, who do not read {with:F1} ms; at most {run.MostQueued / Stalled:F0} bytes queued for each"));
        (run.MostQueued / Stalled).ShouldBeInRange(1, MaxOutboundBytes + LargestEvent);
        foreach (var slow in run.Slow)
        {
            (await slow.ReadUntilAsync("\"reason\":\"slow\"")).ShouldContain("\"session.ended\",{\"reason\":\"slow\"}");
        }

        if (Environment.GetEnvironmentVariable("CAAS_TEST_SLOW_READERS") is not null)
        {
            with.ShouldBeLessThan((without * 1.2) + 1);
        }

        with.ShouldBeLessThan((without * 5) + 250);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task A_device_that_reads_survives_bursts_beyond_its_bound_on_any_number_of_cores(string cores)
    {
        using var folder = new TemporaryFolder();
        var start = CaasProcess.StartInfo(["run", .. CaasProcess.Arguments(folder.Path), .. Arguments(MaxOutboundBytes), "--SocketIO:BurstPatience", "00:00:10"]);
        start.Environment["DOTNET_PROCESSOR_COUNT"] = cores;
        await using var caas = await CaasProcess.StartAsync(start);
        await using var run = new SlowReaderRun(caas);
        await run.BeginAsync();
        await run.SendAsync(1);

        // A flush is shared by whoever waits for it, and so is the delivery that follows.
        await run.BurstAsync(rounds: 6, 5 * MaxOutboundBytes / SlowReaderRun.TextLength);

        (await run.ReadMetricAsync("socketio_slow_total")).ShouldBe(0);
    }

    [Fact]
    public async Task Without_the_bound_the_same_sockets_hold_more_than_it()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await StartAsync(folder, maxOutboundBytes: 1_000_000_000);
        await using var run = new SlowReaderRun(caas);
        await run.BeginAsync();
        await run.AddReadersAsync(1);
        await run.StallAsync();

        while (run.MostQueued <= MaxOutboundBytes + LargestEvent)
        {
            await run.SendAsync(10);
        }

        (await run.ReadMetricAsync("socketio_slow_total")).ShouldBe(0);
    }

    [Fact]
    public async Task A_peer_that_is_gone_without_a_word_is_dropped_after_the_ping_and_its_time_out()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(
            folder.Path, "--SocketIO:PingInterval", "00:00:01", "--SocketIO:PingTimeout", "00:00:01");
        var ann = await (await Tenant.RegisterAsync(caas.Url)).AddPersonAsync("ann");
        await using var alive = await ann.ConnectAsync();
        await using var gone = await SlowReader.ConnectAsync(ann);
        var began = Stopwatch.GetTimestamp();

        await gone.ReadUntilAsync("never said");

        var elapsed = Stopwatch.GetElapsedTime(began);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"dropped after {elapsed.TotalMilliseconds:F0} ms, of 2,000 and the sweep's 500"));
        elapsed.ShouldBeInRange(TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(5));

        // The one that answers stays.
        (await alive.EmitAsync("sync.request", new { })).GetProperty("ok").GetBoolean().ShouldBeTrue();
    }

    private static Task<CaasProcess> StartAsync(TemporaryFolder folder, int maxOutboundBytes) =>
        CaasProcess.StartAsync(folder.Path, Arguments(maxOutboundBytes));

    private static string[] Arguments(int maxOutboundBytes) =>
    [
        "--Caas:Limits:PerUserPerMinute", "0",
        "--Caas:Limits:TextBytes", "200000",
        "--SocketIO:MaxOutboundBytes", maxOutboundBytes.ToString(CultureInfo.InvariantCulture),
        "--SocketIO:SendTimeout", "00:01:00",
        "--SocketIO:CloseTimeout", "00:00:30",
    ];
}
