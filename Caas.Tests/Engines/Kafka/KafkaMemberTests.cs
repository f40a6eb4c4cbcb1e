using System.Globalization;
using System.Text;
using Caas.Domain.Events;
using Caas.Engines.Kafka;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.Kafka;

/// <summary>Members of a group on the mock cluster: rebalance, crash, a reader that is slow.</summary>
public sealed class KafkaMemberTests : IAsyncDisposable
{
    private const string Topic = "t";
    private const string Group = "g";

    private readonly MockKafka _mock = MockKafka.Start();
    private readonly CancellationTokenSource _guard = new(TimeSpan.FromSeconds(60));
    private readonly List<KafkaFixture> _engines = [];

    private CancellationToken Guard => _guard.Token;

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }

        _mock.Dispose();
        _guard.Dispose();
    }

    [Fact]
    public async Task Two_members_share_the_partitions_and_every_record_has_its_effect()
    {
        _mock.CreateTopic(Topic);
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
        _mock.CreateTopic(Topic, partitions: 1);
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
        _mock.CreateTopic(Topic, partitions: 1);
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
        _mock.CreateTopic(Topic, partitions: 1);
        var engine = Open(
            ("Caas:Kafka:MaxBufferedRecords", "10"),
            ("Aspire:Confluent:Kafka:Consumer:Config:MaxPollIntervalMs", "2000"));
        await AppendAsync(engine, 0, 100);
        await using var member = await engine.JoinAsync(Topic, Group, Guard);
        (await ReadAsync(member, 1, most: 1))[0].ShouldBe(0);

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
        _mock.CreateTopic(Topic, partitions: 1);
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
        _mock.CreateTopic(Topic, partitions: 7);
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
            place.Value == Caas.Engines.LocalLog.Partitioner.Of(Encoding.UTF8.GetBytes(place.Key), 7));
    }

    private KafkaFixture Open(params (string, string)[] settings)
    {
        var engine = KafkaFixture.Open(_mock.Bootstrap, settings);
        _engines.Add(engine);
        return engine;
    }

    private async Task AppendAsync(KafkaFixture engine, int first, int count) => await engine.Stream.AppendAsync(
        Topic,
        [
            .. Enumerable.Range(first, count).Select(static number => new StreamRecord(
                $"key-{number}", Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), TraceParent: null)),
        ],
        Guard);

    private async Task<List<int>> ReadAsync(KafkaSubscription member, int count, Action<List<int>>? check = null, int most = int.MaxValue)
    {
        var numbers = new List<int>();
        while (numbers.Count < count)
        {
            numbers.AddRange((await member.ReadAsync(Guard)).Records.Take(most).Select(Number));
            check?.Invoke(numbers);
        }

        return numbers;
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

    // A group's offset is written by a thread of the client's, for which there is no event: it is asked for.
    private async Task CommittedAsync(KafkaFixture engine, long offset)
    {
        var admin = engine.Get<KafkaAdmin>();
        while ((await admin.ReadCommittedAsync(Group, [new(Topic, 0)], Guard)).Values.SingleOrDefault() < offset)
        {
            await Task.Yield();
        }
    }

    private static int Number(ConsumedRecord record) => int.Parse(record.Value.Span, CultureInfo.InvariantCulture);

    /// <summary>What the members did, together.</summary>
    private sealed class Effects
    {
        private readonly Lock _gate = new();
        private readonly SortedSet<int> _seen = [];
        private readonly HashSet<KafkaSubscription> _readers = [];
        private readonly List<(int Count, CancellationTokenSource Reached)> _waiting = [];
        private int _all;

        public IReadOnlyList<int> Distinct
        {
            get
            {
                lock (_gate)
                {
                    return [.. _seen];
                }
            }
        }

        public int Readers
        {
            get
            {
                lock (_gate)
                {
                    return _readers.Count;
                }
            }
        }

        public void Add(KafkaSubscription reader, IEnumerable<int> numbers)
        {
            List<CancellationTokenSource> reached;
            lock (_gate)
            {
                foreach (var number in numbers)
                {
                    _seen.Add(number);
                    _all++;
                }

                _readers.Add(reader);
                reached = [.. _waiting.Where(one => one.Count <= _seen.Count).Select(static one => one.Reached)];
            }

            reached.ForEach(static one => one.Cancel());
        }

        public CancellationToken Reached(int distinct)
        {
            lock (_gate)
            {
                var reached = new CancellationTokenSource();
                _waiting.Add((distinct, reached));
                return reached.Token;
            }
        }

        // All that was read, repeated or not: a round of records is over when so many were read.
        public async Task ReachedAsync(int all, CancellationToken cancellationToken)
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_all >= all)
                    {
                        return;
                    }
                }

                cancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
