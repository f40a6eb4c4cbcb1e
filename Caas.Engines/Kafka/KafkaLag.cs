using Caas.Domain.Events;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Caas.Engines.Kafka;

/// <summary>
/// How far groups are behind. The groups are those that the product knows: a cluster is never asked which there are, since
/// it has those of others too.
/// </summary>
internal sealed class KafkaLag(KafkaAdmin admin, KafkaTopics names, KafkaMembers members)
{
    /// <summary>See <see cref="IStreamStatus.ReadLagAsync"/>.</summary>
    public async ValueTask<IReadOnlyList<GroupLag>> ReadAsync(CancellationToken cancellationToken)
    {
        var readers = members.Readers.ToLookup(static reader => reader.Topic, static reader => reader.Group, StringComparer.Ordinal);
        var topics = Topics.All.Union(readers.Select(static reader => reader.Key), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        var there = await admin.DescribeAsync([.. topics.Select(names.InKafka)], cancellationToken).ConfigureAwait(false);
        var partitions = there.ToDictionary(static topic => topic.Name, static topic => topic.Partitions.Count, StringComparer.Ordinal);
        var lags = new List<GroupLag>();
        foreach (var topic in topics.Where(topic => partitions.ContainsKey(names.InKafka(topic))))
        {
            var count = partitions[names.InKafka(topic)];
            lags.AddRange(await ReadAsync(topic, count, [.. readers[topic]], cancellationToken).ConfigureAwait(false));
        }

        return lags;
    }

    private async Task<IReadOnlyList<GroupLag>> ReadAsync(
        string topic, int count, IReadOnlyList<string> groups, CancellationToken cancellationToken)
    {
        var partitions = Enumerable.Range(0, count).Select(number => new TopicPartition(names.InKafka(topic), number)).ToList();
        var starts = await admin.ReadOffsetsAsync(partitions, OffsetSpec.Earliest(), cancellationToken).ConfigureAwait(false);

        // Committed before the ends: a lag may be told too long by what came between, never below nothing.
        var committed = new Dictionary<string, IReadOnlyDictionary<TopicPartition, long>>(StringComparer.Ordinal);
        foreach (var group in groups)
        {
            committed[group] = await admin.ReadCommittedAsync(names.InKafka(group), partitions, cancellationToken).ConfigureAwait(false);
        }

        var ends = await admin.ReadOffsetsAsync(partitions, OffsetSpec.Latest(), cancellationToken).ConfigureAwait(false);
        return
        [
            .. partitions.SelectMany(one => groups.Count == 0
                ? [new GroupLag(topic, one.Partition.Value, Group: null, starts[one], ends[one])]
                : groups.Order(StringComparer.Ordinal).Select(group =>
                    LagOf(topic, group, one.Partition.Value, committed[group].GetValueOrDefault(one), starts[one], ends[one]))),
        ];
    }

    // What this process has committed and not sent counts; what is no longer kept is behind nobody.
    private GroupLag LagOf(string topic, string group, int partition, long committed, long start, long end)
    {
        var at = Math.Max(committed, members.Committed(topic, group, partition) ?? 0);
        return new GroupLag(topic, partition, group, Math.Clamp(at, Math.Min(start, end), end), end);
    }
}
