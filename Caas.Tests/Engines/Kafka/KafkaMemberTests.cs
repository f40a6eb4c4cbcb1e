using System.Text;
using Caas.Domain.Events;
using Caas.Engines.Kafka;
using Caas.Engines.LocalLog;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.Kafka;

/// <summary>Members of a group on the mock cluster: rebalance, crash, a reader that is slow.</summary>
public sealed class KafkaMemberTests : MockKafkaTests
{
    [Fact]
    public async Task Two_members_share_the_partitions_and_every_record_has_its_effect()
    {
        Mock.CreateTopic(Topic);
        var one = Open();
        await AppendAsync(one, 0, 200);
        var seen = new Effects();
        await using var first = await one.JoinAsync(Topic, Group, Guard);
        var reading = ReadUntilAsync(first, seen, 600);
        await seen.ReachedAsync(100, Guard);

        await using var second = await Open().JoinAsync(Topic, Group, Guard);
        var helping = ReadUntilAsync(second, seen, 600);
        for (var round = 1; seen.Readers < 2; round++)
        {
            await AppendAsync(one, 200, 20);
            await seen.ReachedAsync(200 + (20 * round), Guard);
        }

        await AppendAsync(one, 220, 380);
        await Task.WhenAll(reading, helping);

        seen.Distinct.ShouldBe(Enumerable.Range(0, 600));
    }

    [Fact]
    public async Task What_a_crashed_member_had_read_and_not_committed_is_read_again()
    {
        Mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        await AppendAsync(engine, 0, 100);
        var crashed = await engine.JoinAsync(Topic, Group, Guard);
        (await ReadAsync(crashed, 100)).ShouldBe(Enumerable.Range(0, 100));
        await crashed.CommitAsync(partition: 0, nextOffset: 40, Guard);
        await CommittedAsync(engine, 40);

        // Marked, and gone before it was sent.
        await crashed.CommitAsync(partition: 0, nextOffset: 60, Guard);
        await crashed.AbandonAsync();

        await using var next = await Open().JoinAsync(Topic, Group, Guard);
        var first = (await ReadAsync(next, 1))[0];

        first.ShouldBeOneOf(40, 60);
    }

    [Fact]
    public async Task A_partition_that_is_not_read_is_fetched_up_to_a_bound_and_then_read_without_a_hole()
    {
        Mock.CreateTopic(Topic, partitions: 1);
        var engine = Open(("Caas:Kafka:MaxBufferedRecords", "50"), ("Caas:Kafka:MaxReadRecords", "7"));
        await AppendAsync(engine, 0, 1000);
        await using var member = await engine.JoinAsync(Topic, Group, Guard);
        await SocketIOHost.UntilAsync(() => member.Buffered >= 50);

        (await ReadAsync(member, 1000, numbers => member.Buffered.ShouldBeLessThanOrEqualTo(50)))
            .ShouldBe(Enumerable.Range(0, 1000));
    }

    [Fact]
    public async Task A_reader_that_takes_long_keeps_its_membership()
    {
        Mock.CreateTopic(Topic, partitions: 1);
        var engine = Open(
            ("Caas:Kafka:MaxBufferedRecords", "10"),
            ("Aspire:Confluent:Kafka:Consumer:Config:MaxPollIntervalMs", "2000"));
        await AppendAsync(engine, 0, 100);
        await using var member = await engine.JoinAsync(Topic, Group, Guard);
        (await member.ReadAsync(Guard)).Records[0].Offset.ShouldBe(0);

        // A handler at work, for more than twice what a member may take between two polls.
        using var work = new PeriodicTimer(TimeSpan.FromSeconds(5));
        await work.WaitForNextTickAsync(Guard);
        await member.CommitAsync(partition: 0, nextOffset: 1, Guard);

        await CommittedAsync(engine, 1);
        engine.LogIds.ShouldNotContain(7106);
    }

    [Fact]
    public async Task A_commit_is_sent_within_a_second_and_is_seen_by_another_process()
    {
        Mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        await AppendAsync(engine, 0, 10);
        await using var member = await engine.JoinAsync(Topic, Group, Guard);
        await ReadAsync(member, 10);

        var began = TimeProvider.System.GetTimestamp();
        await member.CommitAsync(partition: 0, nextOffset: 7, Guard);
        await CommittedAsync(Open(), 7);

        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Keys_are_placed_as_the_local_log_places_them()
    {
        Mock.CreateTopic(Topic, partitions: 7);
        var engine = Open();
        var keys = Enumerable.Range(0, 100).Select(static i => $"schlüssel-{i}").ToList();
        await engine.Stream.AppendAsync(Topic, [.. keys.Select(static key => new StreamRecord(key, new byte[] { 1 }, TraceParent: null))], Guard);
        await using var member = await engine.JoinAsync(Topic, Group, Guard);

        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        while (places.Count < keys.Count)
        {
            var batch = await member.ReadAsync(Guard);
            foreach (var record in batch.Records)
            {
                places[record.Key] = batch.Partition;
            }
        }

        places.ShouldAllBe(place =>
            place.Value == Partitioner.Of(Encoding.UTF8.GetBytes(place.Key), 7));
    }

    [Fact]
    public async Task What_retention_took_before_it_was_read_is_told_to_the_operator()
    {
        Mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        await AppendAsync(engine, 0, 10);
        var away = await engine.JoinAsync(Topic, Group, Guard);
        await ReadAsync(away, 10);
        await away.CommitAsync(partition: 0, nextOffset: 2, Guard);
        await away.DisposeAsync();

        Mock.DeleteRecords(Topic, partition: 0, before: 5);
        await using var back = await engine.JoinAsync(Topic, Group, Guard);

        (await ReadAsync(back, 5)).ShouldBe([5, 6, 7, 8, 9]);
        engine.LogIds.ShouldContain(7108);
    }

    private async Task ReadUntilAsync(KafkaSubscription member, Effects seen, int distinct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Guard, seen.Reached(distinct));
        try
        {
            while (true)
            {
                var batch = await member.ReadAsync(either.Token);
                seen.Add(member, batch.Records.Select(Number));
                await member.CommitAsync(batch.Partition, batch.Records[^1].Offset + 1, Guard);
            }
        }
        catch (OperationCanceledException) when (!Guard.IsCancellationRequested)
        {
            // All of them were seen, by one or the other.
        }
    }
}
