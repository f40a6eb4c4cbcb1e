using System.Globalization;
using System.Text;
using Caas.Domain.Events;
using Caas.Engines;
using Caas.Engines.Kafka;
using Caas.Tests.Support;
using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Tests.Engines.Kafka;

/// <summary>P10 in its small form, and errors that brokers give.</summary>
public sealed class KafkaFaultTests : IAsyncDisposable
{
    private const string Topic = "t";

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);

    private readonly MockKafka _mock = MockKafka.Start();
    private readonly CancellationTokenSource _guard = new(TimeSpan.FromSeconds(90));
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
    public async Task Appends_during_an_outage_are_all_acknowledged_after_it_in_order_and_none_is_lost()
    {
        _mock.CreateTopic(Topic);
        var engine = Open();
        await AppendAsync(engine, 0);
        var appends = new List<Task>();

        await DuringOutageAsync(number => appends.Add(AppendAsync(engine, number)));
        await Task.WhenAll(appends);

        appends.Count.ShouldBeGreaterThan(10);
        (await ReadAsync(engine, appends.Count + 1)).ShouldBe(Enumerable.Range(0, appends.Count + 1));
    }

    [Fact]
    public async Task A_producer_that_gives_up_within_the_outage_is_found_to_lose()
    {
        _mock.CreateTopic(Topic);
        var engine = Open(("Caas:Kafka:AppendTimeout", "00:00:01"));
        await AppendAsync(engine, 0);
        var appends = new List<Task>();

        await DuringOutageAsync(number => appends.Add(AppendAsync(engine, number)));
        var all = Task.WhenAll(appends);
        await Should.ThrowAsync<IOException>(all);
        await AppendAsync(engine, 1_000_000);

        var read = await ReadUntilAsync(engine, 1_000_000);
        Enumerable.Range(0, appends.Count + 1).Except(read).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_member_goes_on_after_an_outage_and_what_it_committed_meanwhile_is_sent()
    {
        _mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        await AppendAsync(engine, 0);
        await using var member = await engine.JoinAsync(Topic, "g", Guard);
        await member.ReadAsync(Guard);

        await DuringOutageAsync(_ => member.CommitAsync(0, 1, Guard).AsTask());
        await AppendAsync(engine, 1);

        (await member.ReadAsync(Guard)).Records.Select(Number).ShouldBe([1]);
        var admin = engine.Get<KafkaAdmin>();
        while ((await admin.ReadCommittedAsync("g", [new(Topic, 0)], Guard)).Values.SingleOrDefault() < 1)
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_broker_that_asks_for_patience_gets_each_record_once_and_in_order()
    {
        _mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        _mock.PushErrors(
            MockKafka.Produce,
            ErrorCode.NotEnoughReplicas,
            ErrorCode.NotLeaderForPartition,
            ErrorCode.Local_Transport,
            ErrorCode.RequestTimedOut,
            ErrorCode.NotEnoughReplicasAfterAppend);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => AppendAsync(engine, number)));

        (await ReadAsync(engine, 50)).ShouldBe(Enumerable.Range(0, 50));
    }

    [Fact]
    public async Task A_record_that_the_broker_refuses_fails_its_append_alone()
    {
        _mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        await AppendAsync(engine, 0);

        _mock.PushErrors(MockKafka.Produce, ErrorCode.MsgSizeTooLarge);
        await Should.ThrowAsync<ArgumentException>(AppendAsync(engine, 1));
        _mock.PushErrors(MockKafka.Produce, ErrorCode.TopicAuthorizationFailed);
        await Should.ThrowAsync<IOException>(AppendAsync(engine, 2));
        await AppendAsync(engine, 3);

        (await ReadAsync(engine, 2)).ShouldBe([0, 3]);
    }

    [Fact]
    public async Task A_producer_that_cannot_go_on_is_replaced()
    {
        _mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        await AppendAsync(engine, 0);
        var first = engine.Get<KafkaProducer>().Current;

        _mock.PushErrors(MockKafka.Produce, ErrorCode.OutOfOrderSequenceNumber);
        await Should.ThrowAsync<IOException>(AppendAsync(engine, 1));
        await AppendAsync(engine, 1);

        engine.Get<KafkaProducer>().Current.ShouldNotBeSameAs(first);
        (await ReadAsync(engine, 2)).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_commit_that_the_coordinator_refuses_is_sent_again()
    {
        _mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        await AppendAsync(engine, 0);
        await using var member = await engine.JoinAsync(Topic, "g", Guard);
        await member.ReadAsync(Guard);

        _mock.PushErrors(MockKafka.OffsetCommit, ErrorCode.NotCoordinatorForGroup, ErrorCode.GroupCoordinatorNotAvailable);
        await member.CommitAsync(0, 1, Guard);

        var admin = engine.Get<KafkaAdmin>();
        while ((await admin.ReadCommittedAsync("g", [new(Topic, 0)], Guard)).Values.SingleOrDefault() < 1)
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Health_follows_the_cluster()
    {
        var engine = Open(("Caas:Kafka:RequestTimeout", "00:00:01"));
        var health = new KafkaHealth(engine.Get<KafkaAdmin>(), engine.Get<KafkaTopics>());
        (await StatusAsync(health)).ShouldBe(HealthStatus.Healthy);

        _mock.Stop();
        (await StatusAsync(health)).ShouldBe(HealthStatus.Unhealthy);

        _mock.Resume();
        while (await StatusAsync(health) is not HealthStatus.Healthy)
        {
            Guard.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task The_start_asks_the_cluster() => await Open().Get<IEngineStart>().OpenAsync(Guard);

    [Fact]
    public async Task Topics_that_are_missing_and_not_to_be_created_end_the_start()
    {
        var engine = Open(("Caas:Kafka:CheckTopics", "true"), ("Caas:Kafka:Prefix", "none-"));

        var failure = await Should.ThrowAsync<EngineStartException>(engine.Get<IEngineStart>().OpenAsync(Guard));

        failure.Message.ShouldStartWith(
            "Kafka: topic none-platform.events is missing and is not to be created (Caas:Kafka:CreateTopics); topic none-platform.audit");
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_ends_the_start()
    {
        var engine = KafkaFixture.Open(
            "127.0.0.1:1", ("Caas:Kafka:StartTimeout", "00:00:02"), ("Caas:Kafka:RequestTimeout", "00:00:01"));
        _engines.Add(engine);

        var failure = await Should.ThrowAsync<EngineStartException>(engine.Get<IEngineStart>().OpenAsync(Guard));

        failure.Message.ShouldStartWith("ConnectionStrings:kafka: the cluster did not answer within 00:00:02: ");
        engine.LogIds.ShouldContain(7114);
    }

    private KafkaFixture Open(params (string, string)[] settings)
    {
        var engine = KafkaFixture.Open(_mock.Bootstrap, settings);
        _engines.Add(engine);
        return engine;
    }

    // The work goes on at its own pace while no broker answers.
    private async Task DuringOutageAsync(Action<int> work)
    {
        _mock.Stop();
        var began = TimeProvider.System.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var number = 1; TimeProvider.System.GetElapsedTime(began) < Outage; number++)
        {
            work(number);
            await pace.WaitForNextTickAsync(Guard);
        }

        _mock.Resume();
    }

    private Task AppendAsync(KafkaFixture engine, int number) => engine.Stream.AppendAsync(
        Topic,
        [new StreamRecord("one key", Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), TraceParent: null)],
        Guard).AsTask();

    private async Task<List<int>> ReadAsync(KafkaFixture engine, int count)
    {
        var read = await ReadUntilAsync(engine, numbers => numbers.Count >= count);
        read.Count.ShouldBe(count);
        return read;
    }

    private Task<List<int>> ReadUntilAsync(KafkaFixture engine, int last) =>
        ReadUntilAsync(engine, numbers => numbers.Contains(last));

    private async Task<List<int>> ReadUntilAsync(KafkaFixture engine, Predicate<List<int>> isOver)
    {
        await using var member = await engine.JoinAsync(Topic, "reader", Guard);
        var numbers = new List<int>();
        while (!isOver(numbers))
        {
            numbers.AddRange((await member.ReadAsync(Guard)).Records.Select(Number));
        }

        return numbers;
    }

    private async Task<HealthStatus> StatusAsync(IHealthCheck check) =>
        (await check.CheckHealthAsync(new HealthCheckContext(), Guard)).Status;

    private static int Number(ConsumedRecord record) => int.Parse(record.Value.Span, CultureInfo.InvariantCulture);
}
