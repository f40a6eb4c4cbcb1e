using System.Diagnostics;
using System.Net;
using Caas.Tests.Faults;
using Caas.Tests.Support;

namespace Caas.Tests.Cluster;

/// <summary>
/// P10 for the store, with time-outs of some seconds: more than the product's own two, since a process that was just
/// started on a machine that is busy with other tests may take longer for its first writes. Away for one refusal, and for so
/// long as <c>CAAS_TEST_AWAY_SECONDS</c> says.
/// </summary>
[Collection(ClusterRig.Collection)]
public sealed class ClusterStoreTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(10);
    private static readonly string[] Bounds =
    [
        "--Caas:Mongo:ServerTimeout", "00:00:06",
        "--Caas:Mongo:ReadTimeout", "00:00:06",
        "--Caas:Mongo:WriteTimeout", "00:00:06",
    ];

    [Fact]
    public async Task While_the_store_is_away_writes_are_refused_and_nothing_hangs_and_all_is_well_after()
    {
        await using var rig = await ClusterRig.StartAsync(Bounds);
        var ann = await (await rig.RegisterAsync()).AddPersonAsync("ann");
        var conversation = await ann.CreateGroupAsync();
        await ann.SendAsync(conversation, "before");
        rig.Mongo.Stall();
        var began = Stopwatch.GetTimestamp();

        var away = TimeSpan.FromSeconds(OrderRun.Setting("CAAS_TEST_AWAY_SECONDS", 0));
        var slowest = TimeSpan.Zero;
        var refusals = 0;
        for (; refusals == 0 || Stopwatch.GetElapsedTime(began) < away; refusals++)
        {
            var asked = Stopwatch.GetTimestamp();
            var refused = await ann.TrySendAsync(conversation, "meanwhile", "meanwhile");
            ((int)refused.Status).ShouldBe(503, refused.Text);
            refused.Headers.ShouldContainKey("Retry-After");
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(asked).Ticks));
        }

        output.WriteLine($"{refusals} refused, each after {slowest.TotalSeconds:F1} s at most");
        (await new ApiClient(rig.Messaging[0].Url).GetAsync("/alive")).ShouldBe(HttpStatusCode.OK);
        (await new ApiClient(rig.Messaging[0].Url).GetAsync("/health")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        rig.Mongo.Resume();
        began = Stopwatch.GetTimestamp();
        await Poll.UntilAsync(
            async () => (await ann.TrySendAsync(conversation, "meanwhile", "meanwhile")).Status is HttpStatusCode.Created or HttpStatusCode.OK,
            "a send is taken again");
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Recovery);
        (await ann.ReadHistoryAsync(conversation)).Select(message => message.GetProperty("text").GetString()).ShouldBe(["before", "meanwhile"]);
    }
}
