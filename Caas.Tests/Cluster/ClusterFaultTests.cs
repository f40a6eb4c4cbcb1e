using System.Diagnostics;
using System.Net;
using Caas.Tests.Faults;
using Caas.Tests.Support;

namespace Caas.Tests.Cluster;

/// <summary>
/// Processes and engines that go away while people talk: one restart of each node and a few sends while an engine is away,
/// more restarts with <c>CAAS_TEST_RESTARTS</c>, and for so long as <c>CAAS_TEST_AWAY_SECONDS</c> says.
/// </summary>
[Collection(ClusterRig.Collection)]
public sealed class ClusterFaultTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private ClusterRig _rig = null!;
    private Person _ann = null!;
    private Person _ben = null!;
    private string _conversation = "";

    public async ValueTask InitializeAsync()
    {
        _rig = await ClusterRig.StartAsync();
        try
        {
            var tenant = await _rig.RegisterAsync();
            _ann = await tenant.AddPersonAsync("ann");
            _ben = await tenant.AddPersonAsync("ben");
            _conversation = await _ann.CreateGroupAsync("ben");
        }
        catch
        {
            // Who fails to begin is not disposed of.
            await _rig.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_node_that_is_killed_takes_nothing_with_it()
    {
        await using var lost = await _ben.At(_rig.Messaging[0].Url).ConnectAsync();
        var cursor = (await _ben.CatchUpAsync(cursor: null)).Cursor;
        await using var sending = new Sending(_ann, _conversation);
        await sending.ReachAsync(20);

        await _rig.Messaging[0].KillAsync();
        await lost.WaitForCloseAsync();
        await sending.ReachAsync(60);
        await using var back = await _ben.ConnectAsync();
        await sending.StopAsync();

        output.WriteLine($"{sending.Acknowledged.Count} acknowledged, {sending.Refusals} refused meanwhile");
        await CheckHistoryAsync(sending);
        var caughtUp = (await _ben.CatchUpAsync(cursor)).Changes
            .Where(change => change.GetProperty("type").GetString() == "message.sent")
            .Select(change => change.GetProperty("data").GetProperty("message").GetProperty("text").GetString()!);
        sending.Acknowledged.Keys.Except(caughtUp, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rolling_restart_of_messaging_shows_its_callers_no_error()
    {
        await using var sending = new Sending(_ann, _conversation);
        for (var restart = 0; restart < _rig.Messaging.Count * OrderRun.Setting("CAAS_TEST_RESTARTS", 1); restart++)
        {
            var node = restart % _rig.Messaging.Count;
            await using var socket = await _ben.At(_rig.Messaging[node].Url).ConnectAsync();
            await sending.ReachAsync(sending.Acknowledged.Count + 20);

            var exit = _rig.Messaging[node].TerminateAsync();
            await socket.WaitForAsync("server.draining");
            (await exit).ShouldBe(0, string.Join('\n', _rig.Messaging[node].Output));
            socket.Events[^1].Name.ShouldBe("session.ended");
            await sending.ReachAsync(sending.Acknowledged.Count + 20);
            await _rig.StartMessagingAsync(node);
        }

        await sending.StopAsync();

        output.WriteLine($"{sending.Acknowledged.Count} acknowledged");
        sending.Refusals.ShouldBe(0, string.Join('\n', sending.Refused));
        await CheckHistoryAsync(sending);
    }

    [Fact]
    public async Task A_consumers_process_that_is_killed_leaves_its_work_to_the_other()
    {
        await using var socket = await _ben.ConnectAsync();
        await _ann.SendAsync(_conversation, "before");
        await socket.WaitForMessageAsync("before");

        await _rig.Consumers[0].KillAsync();
        var began = Stopwatch.GetTimestamp();
        for (var number = 0; number < 20; number++)
        {
            await _ann.SendAsync(_conversation, $"after {number}");
        }

        await socket.WaitForMessageAsync("after 19");
        output.WriteLine($"delivered {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s after the kill");
        Texts(socket).ShouldBe(["before", .. Enumerable.Range(0, 20).Select(number => $"after {number}")]);
    }

    [Fact]
    public async Task While_redis_is_away_sends_go_on_and_what_was_not_told_is_told_after()
    {
        await using var socket = await _ben.ConnectAsync();
        await _ann.SendAsync(_conversation, "before");
        await socket.WaitForMessageAsync("before");

        await _rig.Redis.FreezeAsync();
        var meanwhile = await SendMeanwhileAsync(5);

        // Without the bus: within a heartbeat and a look into the store.
        await socket.WaitForMessageAsync(meanwhile[^1]);
        await _rig.Redis.ThawAsync();
        await _ann.SendAsync(_conversation, "after");

        await socket.WaitForMessageAsync("after");
        Texts(socket).ShouldBe(["before", .. meanwhile, "after"]);
    }

    [Fact]
    public async Task While_kafka_is_away_sends_go_on_and_are_delivered_in_order_after()
    {
        await using var socket = await _ben.ConnectAsync();
        _rig.Kafka.Stop();
        var meanwhile = await SendMeanwhileAsync(10);
        _rig.Kafka.Resume();
        await _ann.SendAsync(_conversation, "after");

        await socket.WaitForMessageAsync("after");
        Texts(socket).ShouldBe([.. meanwhile, "after"]);
    }

    [Fact]
    public async Task A_node_that_was_frozen_and_comes_back_takes_no_number_that_another_gave()
    {
        var stale = _ann.At(_rig.Messaging[0].Url);
        await stale.SendAsync(_conversation, "before");
        await _rig.Messaging[0].SignalAsync("STOP");
        var late = Task.Run(() => stale.TrySendAsync(_conversation, "late", "late"), SocketIOHost.Ct);
        for (var number = 0; number < 10; number++)
        {
            await _ann.At(_rig.Messaging[1].Url).SendAsync(_conversation, $"meanwhile {number}");
        }

        await _rig.Messaging[0].SignalAsync("CONT");

        (await late).Status.ShouldBe(HttpStatusCode.Created);
        var history = await _ann.ReadHistoryAsync(_conversation);
        history.Select(message => message.GetProperty("sequence").GetInt64()).ShouldBe(Enumerable.Range(1, 12).Select(static n => (long)n));
        history.Select(message => message.GetProperty("text").GetString())
            .ShouldBe(["before", .. Enumerable.Range(0, 10).Select(number => $"meanwhile {number}"), "late"]);
    }

    // Ten a second, so that the long form stays below what a node reads from the store at once.
    private async Task<List<string>> SendMeanwhileAsync(int least)
    {
        var away = TimeSpan.FromSeconds(OrderRun.Setting("CAAS_TEST_AWAY_SECONDS", 0));
        var began = Stopwatch.GetTimestamp();
        using var pace = new PeriodicTimer(Pace, TimeProvider.System);
        var sent = new List<string>();
        while (sent.Count < least || Stopwatch.GetElapsedTime(began) < away)
        {
            sent.Add($"meanwhile {sent.Count}");
            await _ann.SendAsync(_conversation, sent[^1]);
            await pace.WaitForNextTickAsync(SocketIOHost.Ct);
        }

        output.WriteLine($"{sent.Count} sends in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s without it");
        return sent;
    }

    private static IEnumerable<string?> Texts(ChatSocket socket) => socket.Events
        .Where(e => e.Name == "message.sent")
        .Select(e => e.Argument.GetProperty("data").GetProperty("message").GetProperty("text").GetString());

    // 1, 2, 3 ... and what was acknowledged is there once, under its number.
    private async Task CheckHistoryAsync(Sending sending)
    {
        var history = await _ann.ReadHistoryAsync(_conversation);
        history.Select(message => message.GetProperty("sequence").GetInt64())
            .ShouldBe(Enumerable.Range(1, history.Count).Select(static n => (long)n));
        var there = history.ToLookup(
            message => message.GetProperty("text").GetString()!, message => message.GetProperty("sequence").GetInt64(), StringComparer.Ordinal);
        sending.Acknowledged.Where(pair => !there[pair.Key].SequenceEqual([pair.Value])).ShouldBeEmpty();
    }
}
