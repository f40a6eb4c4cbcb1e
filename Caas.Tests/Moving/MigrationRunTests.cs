using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Support;
using Caas.Tests.Support.MongoWireServer;

namespace Caas.Tests.Moving;

/// <summary>The command beside a product that people use: as processes, and killed.</summary>
public sealed class MigrationRunTests : IDisposable
{
    // More than one user may send by hand.
    private static readonly string[] Unlimited =
    [
        "--Caas:Limits:PerUserPerMinute", "0",
        "--Caas:Limits:PerKeyPerMinute", "0",
        "--Caas:Limits:SyncResetAfterChanges", "10000000",
    ];

    private readonly TemporaryFolder _folders = new();

    private string Source => Path.Combine(_folders.Path, "source");

    private string Target => Path.Combine(_folders.Path, "target");

    public void Dispose() => _folders.Dispose();

    [Fact]
    public async Task A_folder_is_moved_into_another_under_traffic_and_nothing_acknowledged_is_lost() =>
        await MoveAsync(["--to-folder", Target], () => CaasProcess.StartAsync(Target, Unlimited));

    [Fact]
    public async Task A_folder_is_moved_into_MongoDB_under_traffic_and_nothing_acknowledged_is_lost()
    {
        await using var mongo = MongoWireServer.Start();
        string[] settings =
        [
            "--ConnectionStrings:mongodb", mongo.ConnectionString,
            "--Caas:Engines:Documents", "mongo",
            "--Caas:Mongo:ServerTimeout", "00:00:20",
            "--Caas:Mongo:ReadTimeout", "00:00:20",
            "--Caas:Mongo:WriteTimeout", "00:00:20",
        ];

        await MoveAsync(settings, () => CaasProcess.StartAsync(Target, [.. settings, .. Unlimited]));
    }

    [Theory]
    [InlineData("copy:")]
    [InlineData("follow:")]
    [InlineData("check:")]
    [InlineData("closed:")]
    [InlineData("switch:")]
    public async Task A_command_that_is_killed_lets_the_product_write_on_and_goes_on_when_it_is_repeated(string phase)
    {
        await using var server = await CaasProcess.StartAsync(Source, Unlimited);
        await using var traffic = await MovingTraffic.StartAsync(server.Url);
        await traffic.WaitForMoreAsync(200);
        string[] command = ["migrate", Source, "--to-folder", Target];

        await using (var killed = CaasProcess.Launch(CaasProcess.StartInfo(command)))
        {
            await Poll.UntilAsync(() => ValueTask.FromResult(killed.Output.Any(line => line.StartsWith(phase, StringComparison.Ordinal))), phase);
            await killed.KillAsync();
        }

        if (new MoveMark(Source).Read() is not { Done: true })
        {
            await traffic.WaitForMoreAsync(20);
        }

        (await CaasCommand.RunAsync(command)).ShouldSucceed();
        await traffic.StopAsync();
        (await server.TerminateAsync()).ShouldBe(0);
        await using var there = await CaasProcess.StartAsync(Target, Unlimited);
        await traffic.CheckAsync(there.Url);
    }

    private async Task MoveAsync(string[] to, Func<Task<CaasProcess>> start)
    {
        await using var server = await CaasProcess.StartAsync(Source, Unlimited);
        await using var traffic = await MovingTraffic.StartAsync(server.Url);
        await traffic.WaitForMoreAsync(400);

        var moved = (await CaasCommand.RunAsync(["migrate", Source, .. to])).ShouldSucceed();

        moved.Output.ShouldContain("\nmoved\n");
        await Poll.UntilAsync(() => ValueTask.FromResult(traffic.Refused > 10), "the product refuses writes");
        await traffic.StopAsync();
        await using (var refused = CaasProcess.Launch(Source))
        {
            (await server.TerminateAsync()).ShouldBe(0);
            (await refused.WaitForExitAsync()).ShouldBe(2);
            refused.Output.ShouldHaveSingleItem().ShouldContain("was moved to");
        }

        await using var there = await start();
        await traffic.CheckAsync(there.Url);
    }
}
