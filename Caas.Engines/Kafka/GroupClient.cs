using Confluent.Kafka;

namespace Caas.Engines.Kafka;

/// <summary>
/// What a member's thread asks of its client beside records. None of it fails the member: a partition may have been taken
/// away a moment ago, and then whoever has it begins at what was committed.
/// </summary>
internal readonly struct GroupClient(
    IConsumer<byte[], byte[]> consumer, string topic, string group, string topicInKafka, MemberTools tools)
{
    /// <summary>Has these sent at the next interval, or when the partition is given back.</summary>
    public void Store(List<(int Partition, long Next)> commits)
    {
        foreach (var (partition, next) in commits)
        {
            try
            {
                consumer.StoreOffset(new TopicPartitionOffset(topicInKafka, partition, next));
            }
            catch (KafkaException failure)
            {
                KafkaLog.OffsetsNotSent(tools.Logger, topic, group, failure.Error.Code);
            }
        }
    }

    /// <summary>Fetches no more of a partition.</summary>
    public void Pause(int partition)
    {
        try
        {
            consumer.Pause([new TopicPartition(topicInKafka, partition)]);
        }
        catch (KafkaException failure)
        {
            KafkaLog.ReadFailed(tools.Logger, topic, group, failure.Error.Code);
        }
    }

    /// <summary>Fetches partitions again, from where they were paused.</summary>
    public void Resume(List<int> partitions)
    {
        if (partitions.Count == 0)
        {
            return;
        }

        var name = topicInKafka;
        try
        {
            consumer.Resume(partitions.Select(partition => new TopicPartition(name, partition)));
        }
        catch (KafkaException failure)
        {
            KafkaLog.ReadFailed(tools.Logger, topic, group, failure.Error.Code);
        }
    }

    /// <summary>Tells the operator where the first record of a partition is behind what the group had committed: what was between is no longer kept.</summary>
    public void TellOfGap(ConsumeResult<byte[], byte[]> first)
    {
        if (first.Offset.Value == 0)
        {
            return;
        }

        try
        {
            var committed = consumer.Committed([first.TopicPartition], tools.Options.RequestTimeout)[0].Offset.Value;
            if (committed >= 0 && committed < first.Offset.Value)
            {
                KafkaLog.OffsetRetainedAway(
                    tools.Logger, topic, first.Partition.Value, group, committed, first.Offset.Value);
            }
        }
        catch (KafkaException failure)
        {
            KafkaLog.ReadFailed(tools.Logger, topic, group, failure.Error.Code);
        }
    }
}
