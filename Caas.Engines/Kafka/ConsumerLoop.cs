using System.Globalization;
using Confluent.Kafka;

namespace Caas.Engines.Kafka;

/// <summary>
/// One member's thread: it alone calls the client, so a rebalance, a pause and a commit never cross. It polls whether or
/// not anybody reads: a handler that takes long never has the member put out of its group, its partitions only pause.
/// </summary>
internal sealed class ConsumerLoop(
    string topic, string group, string topicInKafka, HeldPartitions held, MemberTools tools)
{
    // Nothing wakes a poll but a record: a pause that ends, a commit and a stop wait for this.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PollWhilePaused = TimeSpan.FromMilliseconds(20);

    // Owned by the thread: the partitions of which this member has read something since it got them.
    private readonly HashSet<int> _begun = [];

    /// <summary>Called after something changed for the reader.</summary>
    public Action Changed { get; init; } = static () => { };

    /// <summary>Whether it is to end by leaving the group, or by silence as a killed process does.</summary>
    public bool Leaves { get; set; } = true;

    /// <summary>Runs until it is stopped; an exception where the member is of no more use.</summary>
    public void Run(IConsumer<byte[], byte[]> consumer, CancellationToken stop)
    {
        try
        {
            consumer.Subscribe(topicInKafka);
            var client = new GroupClient(consumer, topic, group, topicInKafka, tools);
            while (!stop.IsCancellationRequested)
            {
                Turn(consumer, client);
            }
        }
        finally
        {
            End(consumer);
        }
    }

    /// <summary>The client's handlers, which it calls within a poll.</summary>
    public void Attach(ConsumerBuilder<byte[], byte[]> builder) => builder
        .SetErrorHandler((_, error) => KafkaLog.Tell(tools.Logger, error))
        .SetLogHandler((_, line) => KafkaLog.Library(tools.Logger, line.Level, line.Facility, line.Message))
        .SetOffsetsCommittedHandler((_, offsets) => OnCommitted(offsets))
        .SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions))
        .SetPartitionsRevokedHandler((consumer, partitions) => OnRevoked(consumer, partitions))
        .SetPartitionsLostHandler((_, partitions) => OnLost(partitions));

    private void Turn(IConsumer<byte[], byte[]> consumer, GroupClient client)
    {
        client.Store(held.TakeUnsent());
        if (held.AnyPaused)
        {
            client.Resume(held.TakeDrained());
        }

        try
        {
            if (consumer.Consume(held.AnyPaused ? PollWhilePaused : Poll) is { } read)
            {
                Take(client, read);
            }
        }
        catch (ConsumeException failure)
        {
            OnFailure(client, failure);
        }
    }

    private void Take(GroupClient client, ConsumeResult<byte[], byte[]> read)
    {
        var partition = read.Partition.Value;
        if (_begun.Add(partition))
        {
            client.TellOfGap(read);
        }

        if (held.Add(partition, KafkaRecords.Decode(read), KafkaRecords.Size(read)))
        {
            tools.Metrics.Paused(group);
            client.Pause(partition);
        }

        Changed();
    }

    private void OnFailure(GroupClient client, ConsumeException failure)
    {
        var error = failure.Error;
        if (KafkaFailure.IsDamage(error.Code) && failure.ConsumerRecord is { } place)
        {
            var partition = place.Partition.Value;
            var damage = new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"{topic}/{partition} cannot be read past offset {place.Offset.Value}: {error.Code}."));
            if (held.Stop(partition, damage))
            {
                KafkaLog.Damaged(tools.Logger, topic, partition, place.Offset.Value, error.Code);
                client.Pause(partition);
                Changed();
            }
        }
        else if (KafkaFailure.EndsMember(error))
        {
            KafkaLog.MemberFailed(tools.Logger, topic, group, error.Code);
            throw failure;
        }
        else
        {
            KafkaLog.ReadFailed(tools.Logger, topic, group, error.Code);
        }
    }

    private void OnAssigned(List<TopicPartition> partitions)
    {
        held.Assign(partitions.Select(static one => one.Partition.Value));
        tools.Metrics.Moved(group, partitions.Count);
        KafkaLog.Assigned(tools.Logger, topic, group, Text(partitions));
    }

    // What was committed goes with the partition: the client sends what is stored before it gives it back.
    private void OnRevoked(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> partitions)
    {
        new GroupClient(consumer, topic, group, topicInKafka, tools).Store(held.TakeUnsent());
        Drop(partitions);
        KafkaLog.Revoked(tools.Logger, topic, group, Text(partitions.Select(static one => one.TopicPartition)));
    }

    private void OnLost(List<TopicPartitionOffset> partitions)
    {
        Drop(partitions);
        KafkaLog.Lost(tools.Logger, topic, group, Text(partitions.Select(static one => one.TopicPartition)));
    }

    private void Drop(List<TopicPartitionOffset> partitions)
    {
        held.Revoke(partitions.Select(static one => one.Partition.Value));
        partitions.ForEach(one => _begun.Remove(one.Partition.Value));
        tools.Metrics.Moved(group, partitions.Count);
    }

    private void OnCommitted(CommittedOffsets offsets)
    {
        // Nothing to commit is no error; what was not sent is still stored, and sent at the next interval.
        if (offsets.Error is { IsError: true, Code: not ErrorCode.Local_NoOffset } error)
        {
            KafkaLog.OffsetsNotSent(tools.Logger, topic, group, error.Code);
        }
    }

    private void End(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            if (Leaves)
            {
                new GroupClient(consumer, topic, group, topicInKafka, tools).Store(held.TakeUnsent());
                consumer.Close();
            }
        }
        catch (KafkaException failure)
        {
            KafkaLog.MemberFailed(tools.Logger, topic, group, failure.Error.Code);
        }
        finally
        {
            consumer.Dispose();
        }
    }

    private static string Text(IEnumerable<TopicPartition> partitions) =>
        string.Join(',', partitions.Select(static one => one.Partition.Value.ToString(CultureInfo.InvariantCulture)));
}
