using System.Globalization;
using System.Text;
using Caas.Domain.Events;
using Caas.Engines.LocalLog;

namespace Caas.Tests.Engines.LocalLog;

public sealed class LocalLogKeepingTests : IAsyncLifetime
{
    private const int Retained = 4105;
    private const int RetainedAway = 4104;

    private readonly LocalLogFixture _fixture = new();
    private readonly CancellationTokenSource _guard = new(TimeSpan.FromSeconds(60));

    private CancellationToken Guard => _guard.Token;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _guard.Dispose();
    }

    [Fact]
    public async Task Records_older_than_the_retention_are_dropped_and_offsets_go_on()
    {
        var stream = _fixture.Open();
        await AppendAsync(stream, 0, 3);
        _fixture.Clock.Advance(TimeSpan.FromDays(6));
        await AppendAsync(stream, 3, 2);
        var dropped = _fixture.Logger.WaitForAsync(Retained);

        _fixture.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(2));
        await dropped;

        var member = await stream.SubscribeAsync("t", "g", Guard);
        var batch = await member.ReadAsync(Guard);
        batch.Records.Select(static record => record.Offset).ShouldBe([3L, 4L]);
    }

    [Fact]
    public async Task A_partition_that_lost_every_record_goes_on_at_the_same_offset_after_a_restart()
    {
        var stream = _fixture.Open();
        await AppendAsync(stream, 0, 3);
        var dropped = _fixture.Logger.WaitForAsync(Retained);
        _fixture.Clock.Advance(TimeSpan.FromDays(8));
        await dropped;
        await stream.DisposeAsync();
        _fixture.Ask("SELECT count(*) FROM batches").ShouldBe(0);

        stream = _fixture.Open();
        await AppendAsync(stream, 3, 1);

        var member = await stream.SubscribeAsync("t", "g", Guard);
        (await member.ReadAsync(Guard)).Records.Single().Offset.ShouldBe(3);
    }

    [Fact]
    public async Task A_group_whose_offset_was_dropped_goes_on_at_the_first_that_is_kept()
    {
        var stream = _fixture.Open();
        await AppendAsync(stream, 0, 5);
        var member = await stream.SubscribeAsync("t", "g", Guard);
        var batch = await member.ReadAsync(Guard);
        await member.CommitAsync(batch.Partition, 1, Guard);
        await member.DisposeAsync();
        var dropped = _fixture.Logger.WaitForAsync(Retained);
        _fixture.Clock.Advance(TimeSpan.FromDays(8));
        await dropped;
        await AppendAsync(stream, 5, 1);

        member = await stream.SubscribeAsync("t", "g", Guard);

        (await member.ReadAsync(Guard)).Records.Single().Offset.ShouldBe(5);
        _fixture.Logger.Entries.ShouldContain(static entry => entry.Id == RetainedAway);
    }

    [Fact]
    public async Task The_oldest_records_go_when_a_partition_has_too_many_bytes()
    {
        _fixture.Options.MaxPartitionBytes = 5_000;
        var stream = _fixture.Open();
        for (var i = 0; i < 100; i++)
        {
            await stream.AppendAsync("t", [new StreamRecord("a", new byte[900], TraceParent: null)], Guard);
        }

        // Sixteen rows a step: it takes several until the cap is kept.
        for (var rows = 100L; rows > 5; rows = _fixture.Ask("SELECT count(*) FROM batches"))
        {
            var dropped = _fixture.Logger.WaitForAsync(Retained);
            _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
            await dropped;
            await stream.ReadLagAsync(Guard);
        }

        _fixture.Ask("SELECT sum(length(body)) FROM batches").ShouldBeInRange(4_000, 5_000);
        var member = await stream.SubscribeAsync("t", "g", Guard);
        (await member.ReadAsync(Guard)).Records[0].Offset.ShouldBe(95);
    }

    [Fact]
    public async Task A_committed_offset_is_flushed_by_itself_within_a_second()
    {
        var stream = _fixture.Open();
        TaskCompletionSource? flushed = null;
        _fixture.Opened = connection => SQLitePCL.raw.sqlite3_commit_hook(
            connection.Handle,
            _ =>
            {
                flushed?.TrySetResult();
                return 0;
            },
            null);
        await AppendAsync(stream, 0, 5);
        var member = await stream.SubscribeAsync("t", "g", Guard);
        var batch = await member.ReadAsync(Guard);

        flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await member.CommitAsync(batch.Partition, 3, Guard);
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(400));
        flushed.Task.IsCompleted.ShouldBeFalse();
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(600));
        await flushed.Task.WaitAsync(Guard);

        // The next request is answered after the transaction of the offsets.
        await stream.ReadLagAsync(Guard);
        stream = await _fixture.KillAsync(stream);
        var next = await stream.SubscribeAsync("t", "g", Guard);
        (await next.ReadAsync(Guard)).Records[0].Offset.ShouldBe(3);
    }

    [Fact]
    public async Task An_append_takes_the_committed_offsets_along()
    {
        var stream = _fixture.Open();
        await AppendAsync(stream, 0, 5);
        var member = await stream.SubscribeAsync("t", "g", Guard);
        var batch = await member.ReadAsync(Guard);
        await member.CommitAsync(batch.Partition, 4, Guard);
        await stream.AppendAsync("other", [new StreamRecord("a", default, TraceParent: null)], Guard);

        stream = await _fixture.KillAsync(stream);

        var next = await stream.SubscribeAsync("t", "g", Guard);
        (await next.ReadAsync(Guard)).Records[0].Offset.ShouldBe(4);
    }

    [Fact]
    public async Task A_member_that_no_longer_holds_a_partition_cannot_commit_it()
    {
        var stream = _fixture.Open();
        await AppendAsync(stream, 0, 5);
        var first = await stream.SubscribeAsync("t", "g", Guard);
        var batch = await first.ReadAsync(Guard);
        await first.DisposeAsync();
        var second = await stream.SubscribeAsync("t", "g", Guard);

        await first.CommitAsync(batch.Partition, 5, Guard);

        (await second.ReadAsync(Guard)).Records[0].Offset.ShouldBe(0);
    }

    [Fact]
    public async Task An_offset_above_the_end_cannot_be_committed()
    {
        var stream = _fixture.Open();
        await AppendAsync(stream, 0, 1);
        var member = await stream.SubscribeAsync("t", "g", Guard);
        var batch = await member.ReadAsync(Guard);

        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await member.CommitAsync(batch.Partition, 2, Guard));
    }

    [Fact]
    public async Task Commits_and_appends_at_once_do_not_disturb_each_other()
    {
        const int Count = 2_000;
        var stream = _fixture.Open();
        var member = await stream.SubscribeAsync("t", "g", Guard);
        var reading = Task.Run(
            async () =>
            {
                for (var next = 0L; next < Count;)
                {
                    var batch = await member.ReadAsync(Guard);
                    foreach (var record in batch.Records)
                    {
                        next = record.Offset + 1;
                        await member.CommitAsync(batch.Partition, next, Guard);
                    }
                }
            },
            Guard);

        await AppendAsync(stream, 0, Count);
        await reading;

        (await stream.ReadLagAsync(Guard)).Sum(static lag => lag.Lag).ShouldBe(0);
    }

    [Fact]
    public async Task An_append_is_one_row_for_each_partition()
    {
        var stream = _fixture.Open();
        await stream.AppendAsync(
            "t", [.. Enumerable.Range(0, 300).Select(static i => new StreamRecord($"key-{i}", default, TraceParent: null))], Guard);

        _fixture.Ask("SELECT count(*) FROM batches").ShouldBe(3);
        _fixture.Ask("SELECT sum(record_count) FROM batches").ShouldBe(300);
    }

    private async Task AppendAsync(LocalEventStream stream, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            var value = Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture));
            await stream.AppendAsync("t", [new StreamRecord("a", value, TraceParent: null)], Guard);
        }
    }
}

public sealed class PartitionerTests
{
    // The vectors of Kafka's own UtilsTest.testMurmur2.
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void The_hash_is_the_one_of_Kafka(string key, int hash) =>
        ((int)Partitioner.Hash(Encoding.UTF8.GetBytes(key))).ShouldBe(hash);
}
