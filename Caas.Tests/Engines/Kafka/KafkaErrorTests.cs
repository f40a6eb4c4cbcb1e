using Caas.Engines.Kafka;
using Caas.Tests.Support;
using Confluent.Kafka;

namespace Caas.Tests.Engines.Kafka;

/// <summary>Errors that brokers give.</summary>
public sealed class KafkaErrorTests : MockKafkaTests
{
    [Fact]
    public async Task A_broker_that_asks_for_patience_gets_each_record_once_and_in_order()
    {
        Mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        Mock.PushErrors(
            MockKafka.Produce,
            ErrorCode.NotEnoughReplicas,
            ErrorCode.NotLeaderForPartition,
            ErrorCode.Local_Transport,
            ErrorCode.RequestTimedOut,
            ErrorCode.NotEnoughReplicasAfterAppend);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => AppendAsync(engine, number)));

        (await ReadAsync(await engine.JoinAsync(Topic, "reader", Guard), 50)).ShouldBe(Enumerable.Range(0, 50));
    }

    [Fact]
    public async Task A_record_that_the_broker_refuses_fails_its_append_alone()
    {
        Mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        await AppendAsync(engine, 0);

        Mock.PushErrors(MockKafka.Produce, ErrorCode.MsgSizeTooLarge);
        await Should.ThrowAsync<IOException>(AppendAsync(engine, 1));
        Mock.PushErrors(MockKafka.Produce, ErrorCode.TopicAuthorizationFailed);
        await Should.ThrowAsync<IOException>(AppendAsync(engine, 2));
        await AppendAgainAsync(engine, 3);

        // The producer did not survive the second refusal.
        (await ReadAsync(await engine.JoinAsync(Topic, "reader", Guard), 2)).ShouldBe([0, 3]);
    }

    [Fact]
    public async Task A_producer_that_cannot_go_on_is_replaced()
    {
        Mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        await AppendAsync(engine, 0);
        var first = engine.Get<KafkaProducer>().Current;

        Mock.PushErrors(MockKafka.Produce, ErrorCode.OutOfOrderSequenceNumber);
        await Should.ThrowAsync<IOException>(AppendAsync(engine, 1));
        await AppendAgainAsync(engine, 1);

        engine.Get<KafkaProducer>().Current.ShouldNotBeSameAs(first);
        (await ReadAsync(await engine.JoinAsync(Topic, "reader", Guard), 2)).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_commit_that_the_coordinator_refuses_is_sent_again()
    {
        Mock.CreateTopic(Topic, partitions: 1);
        var engine = Open();
        await AppendAsync(engine, 0);
        await using var member = await engine.JoinAsync(Topic, Group, Guard);
        await member.ReadAsync(Guard);

        Mock.PushErrors(MockKafka.OffsetCommit, ErrorCode.NotCoordinatorForGroup, ErrorCode.GroupCoordinatorNotAvailable);
        await member.CommitAsync(0, 1, Guard);

        await CommittedAsync(engine, 1);
    }

    // As every caller does; it may come before the failed producer has told of its end.
    private async Task AppendAgainAsync(KafkaFixture engine, int number)
    {
        while (true)
        {
            try
            {
                await AppendAsync(engine, number);
                return;
            }
            catch (IOException) when (!Guard.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }
}
