using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Caas.Domain.Events;

namespace Caas.Tests.Contracts;

/// <summary>What every <see cref="IEventStream"/> promises. An adapter's test class says how to start it.</summary>
public abstract class EventStreamContract : IAsyncLifetime
{
    private readonly CancellationTokenSource _guard = new(TimeSpan.FromSeconds(60));
    private readonly List<IAsyncDisposable> _owned = [];

    protected IEventStream Stream { get; private set; } = null!;

    protected CancellationToken Guard => _guard.Token;

    public async ValueTask InitializeAsync() => Stream = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
        {
            await owned.DisposeAsync();
        }

        await StopAsync();
        _guard.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Records_of_one_key_are_read_in_the_order_in_which_they_were_appended()
    {
        await Stream.AppendAsync("orders", Records("a", 0, 10), Guard);
        await Stream.AppendAsync("orders", Records("a", 10, 15), Guard);

        var records = await ReadAsync(await JoinAsync("orders", "g"), 25);

        records.Select(Number).ShouldBe(Enumerable.Range(0, 25));
        records.Select(static record => record.Offset).ShouldBe(Enumerable.Range(0, 25).Select(static i => (long)i));
    }

    [Fact]
    public async Task A_record_comes_back_as_it_was_appended()
    {
        var before = TimeProvider.System.GetUtcNow().AddDays(-3650);
        StreamRecord[] appended =
        [
            new("schlüssel 🔑", new byte[] { 0, 1, 2, 255 }, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            new("schlüssel 🔑", ReadOnlyMemory<byte>.Empty, TraceParent: null),
            new("schlüssel 🔑", new byte[300_000], TraceParent: null),
        ];
        await Stream.AppendAsync("bytes", appended, Guard);

        var read = await ReadAsync(await JoinAsync("bytes", "g"), 3);

        read.Select(static record => record.Key).Distinct(StringComparer.Ordinal).ShouldBe(["schlüssel 🔑"]);
        read.Select(static record => record.TraceParent).ShouldBe(appended.Select(static record => record.TraceParent));
        read.Select(static record => record.Value.ToArray()).ShouldBe(appended.Select(static record => record.Value.ToArray()));
        read.ShouldAllBe(record => record.AppendedAt > before);
    }

    [Fact]
    public async Task Keys_spread_over_the_partitions_and_each_stays_in_one()
    {
        for (var round = 0; round < 3; round++)
        {
            await Stream.AppendAsync("spread", [.. Enumerable.Range(0, 30).Select(i => Record($"key-{i}", round))], Guard);
        }

        var batches = await ReadBatchesAsync(await JoinAsync("spread", "g"), 90);

        var partitions = batches.SelectMany(static batch => batch.Records.Select(record => (record.Key, batch.Partition)))
            .Distinct().ToList();
        partitions.Count.ShouldBe(30);
        partitions.Select(static pair => pair.Partition).Distinct().Count().ShouldBeGreaterThan(1);
        foreach (var key in batches.SelectMany(static batch => batch.Records).GroupBy(static record => record.Key, StringComparer.Ordinal))
        {
            key.Select(Number).ShouldBe([0, 1, 2]);
        }
    }

    [Fact]
    public async Task Each_group_reads_everything_for_itself()
    {
        await Stream.AppendAsync("shared", Records("a", 0, 5), Guard);

        (await ReadAsync(await JoinAsync("shared", "one"), 5)).Select(Number).ShouldBe(Enumerable.Range(0, 5));
        (await ReadAsync(await JoinAsync("shared", "two"), 5)).Select(Number).ShouldBe(Enumerable.Range(0, 5));
    }

    [Fact]
    public async Task A_reader_waits_until_there_is_something()
    {
        var member = await JoinAsync("waits", "g");
        var reading = member.ReadAsync(Guard).AsTask();
        reading.IsCompleted.ShouldBeFalse();

        await Stream.AppendAsync("waits", Records("a", 7, 1), Guard);

        Number((await reading).Records.Single()).ShouldBe(7);
    }

    [Fact]
    public async Task A_read_that_is_cancelled_loses_nothing()
    {
        var member = await JoinAsync("cancelled", "g");
        using var cancel = new CancellationTokenSource();
        var reading = member.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);

        await Stream.AppendAsync("cancelled", Records("a", 1, 1), Guard);

        (await ReadAsync(member, 1)).Select(Number).ShouldBe([1]);
    }

    [Fact]
    public async Task A_new_member_begins_at_the_committed_offset()
    {
        await Stream.AppendAsync("resumed", Records("a", 0, 10), Guard);
        var first = await JoinAsync("resumed", "g");
        var batches = await ReadBatchesAsync(first, 10);
        await first.CommitAsync(batches[0].Partition, 4, Guard);
        await first.DisposeAsync();

        var records = await ReadAsync(await JoinAsync("resumed", "g"), 6);

        records.Select(Number).ShouldBe(Enumerable.Range(4, 6));
    }

    [Fact]
    public async Task A_commit_never_goes_back()
    {
        await Stream.AppendAsync("forward", Records("a", 0, 10), Guard);
        var first = await JoinAsync("forward", "g");
        var batches = await ReadBatchesAsync(first, 10);
        await first.CommitAsync(batches[0].Partition, 8, Guard);
        await first.CommitAsync(batches[0].Partition, 3, Guard);
        await first.DisposeAsync();

        (await ReadAsync(await JoinAsync("forward", "g"), 2)).Select(Number).ShouldBe([8, 9]);
    }

    [Fact]
    public async Task The_members_of_a_group_share_the_partitions()
    {
        await Stream.AppendAsync("members", [.. Enumerable.Range(0, 60).Select(static i => Record($"key-{i}", i))], Guard);
        var first = await JoinAsync("members", "g");
        var second = await JoinAsync("members", "g");

        var read = new List<int>();
        await foreach (var batch in BothAsync(first, second, 60, Guard))
        {
            read.AddRange(batch.Records.Select(Number));
        }

        read.Order().ShouldBe(Enumerable.Range(0, 60));
    }

    [Fact]
    public async Task A_member_that_leaves_gives_its_partitions_to_the_others()
    {
        var first = await JoinAsync("leaves", "g");
        var second = await JoinAsync("leaves", "g");
        await first.DisposeAsync();

        await Stream.AppendAsync("leaves", [.. Enumerable.Range(0, 60).Select(static i => Record($"key-{i}", i))], Guard);

        (await ReadAsync(second, 60)).Select(Number).Order().ShouldBe(Enumerable.Range(0, 60));
    }

    [Fact]
    public async Task Concurrent_appends_lose_nothing_and_keep_each_producers_order()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async producer =>
        {
            for (var i = 0; i < 20; i++)
            {
                await Stream.AppendAsync("busy", [Record($"producer-{producer}", i)], Guard);
            }
        }));

        var records = await ReadAsync(await JoinAsync("busy", "g"), 320);

        foreach (var producer in records.GroupBy(static record => record.Key, StringComparer.Ordinal))
        {
            producer.Select(Number).ShouldBe(Enumerable.Range(0, 20));
        }
    }

    [Fact]
    public async Task What_was_appended_and_committed_is_there_after_a_restart()
    {
        await Stream.AppendAsync("restart", Records("a", 0, 10), Guard);
        var member = await JoinAsync("restart", "g");
        var batches = await ReadBatchesAsync(member, 10);
        await member.CommitAsync(batches[0].Partition, 6, Guard);
        await member.DisposeAsync();
        Stream = await RestartAsync();

        (await ReadAsync(await JoinAsync("restart", "g"), 4)).Select(Number).ShouldBe([6, 7, 8, 9]);
        (await ReadAsync(await JoinAsync("restart", "other"), 10)).Select(Number).ShouldBe(Enumerable.Range(0, 10));
    }

    [Fact]
    public async Task The_status_tells_how_far_each_group_is_behind()
    {
        if (Stream is not IStreamStatus status)
        {
            Assert.Skip("This adapter has its status elsewhere.");
            return;
        }

        await Stream.AppendAsync("lag", Records("a", 0, 10), Guard);
        var member = await JoinAsync("lag", "g");
        var batches = await ReadBatchesAsync(member, 10);
        await member.CommitAsync(batches[0].Partition, 7, Guard);

        var lag = (await status.ReadLagAsync(Guard)).Where(static entry => entry.Topic is "lag").ToList();

        lag.Single(entry => entry.Partition == batches[0].Partition).ShouldBe(
            new GroupLag("lag", batches[0].Partition, "g", CommittedOffset: 7, EndOffset: 10));
        lag.Sum(static entry => entry.Lag).ShouldBe(3);
    }

    protected static StreamRecord Record(string key, int number) =>
        new(key, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), TraceParent: null);

    protected static StreamRecord[] Records(string key, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => Record(key, number))];

    protected static int Number(ConsumedRecord record) => int.Parse(record.Value.Span, CultureInfo.InvariantCulture);

    protected async Task<IStreamSubscription> JoinAsync(string topic, string group)
    {
        var member = await Stream.SubscribeAsync(topic, group, Guard);
        _owned.Add(member);
        return member;
    }

    protected async Task<List<ConsumedRecord>> ReadAsync(IStreamSubscription member, int count) =>
        [.. (await ReadBatchesAsync(member, count)).SelectMany(static batch => batch.Records)];

    protected async Task<List<StreamBatch>> ReadBatchesAsync(IStreamSubscription member, int count)
    {
        var batches = new List<StreamBatch>();
        while (batches.Sum(static batch => batch.Records.Count) < count)
        {
            batches.Add(await member.ReadAsync(Guard));
        }

        batches.Sum(static batch => batch.Records.Count).ShouldBe(count);
        return batches;
    }

    /// <summary>The adapter, with nothing in it.</summary>
    protected abstract ValueTask<IEventStream> StartAsync();

    /// <summary>The adapter anew over what it kept.</summary>
    protected abstract ValueTask<IEventStream> RestartAsync();

    /// <summary>The end.</summary>
    protected abstract ValueTask StopAsync();

    private static async IAsyncEnumerable<StreamBatch> BothAsync(
        IStreamSubscription first,
        IStreamSubscription second,
        int count,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var one = first.ReadAsync(cancellationToken).AsTask();
        var two = second.ReadAsync(cancellationToken).AsTask();
        for (var read = 0; read < count;)
        {
            await Task.WhenAny(one, two);
            StreamBatch batch;
            if (one.IsCompleted)
            {
                batch = await one;
                one = first.ReadAsync(cancellationToken).AsTask();
            }
            else
            {
                batch = await two;
                two = second.ReadAsync(cancellationToken).AsTask();
            }

            read += batch.Records.Count;
            yield return batch;
        }
    }
}
