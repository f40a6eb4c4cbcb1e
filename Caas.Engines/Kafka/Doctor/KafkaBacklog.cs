using System.Globalization;
using Caas.Domain.Events;
using Caas.Engines.Doctor;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Caas.Engines.Kafka.Doctor;

/// <summary>How far each consumer group is behind, against how long records are kept: what it reaches too late is gone.</summary>
internal sealed class KafkaBacklog(KafkaLag lag, KafkaAdmin admin, KafkaTopics names, KafkaOptions options, TimeProvider clock)
{
    /// <summary>A finding for each group of each topic.</summary>
    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        try
        {
            var lags = (await lag.ReadAsync(cancellationToken).ConfigureAwait(false)).Where(static one => one.Group is not null).ToList();
            var halfway = await HalfwayAsync(lags, cancellationToken).ConfigureAwait(false);
            return
            [
                .. lags.GroupBy(static one => (one.Topic, Group: one.Group!)).Select(group => Find(group.Key.Topic, group.Key.Group, [.. group], halfway)),
            ];
        }
        catch (IOException failure)
        {
            return [Finding.Error("consumer groups", failure.Message, "their positions", "Grant this user Describe on the groups.")];
        }
    }

    // In each partition, the first record that is not yet half as old as it may become; the end where all are older.
    private async Task<Dictionary<(string Topic, int Partition), long>> HalfwayAsync(
        IReadOnlyList<GroupLag> lags, CancellationToken cancellationToken)
    {
        var since = (clock.GetUtcNow() - (options.Retention / 2)).ToUnixTimeMilliseconds();
        var late = lags.Where(static one => one.Lag > 0).DistinctBy(static one => (one.Topic, one.Partition)).ToList();
        if (late.Count == 0)
        {
            return [];
        }

        var found = await admin.ReadOffsetsAsync(
            [.. late.Select(one => new TopicPartition(names.InKafka(one.Topic), one.Partition))],
            OffsetSpec.ForTimestamp(since),
            cancellationToken).ConfigureAwait(false);
        return late.ToDictionary(
            static one => (one.Topic, one.Partition),
            one => found[new TopicPartition(names.InKafka(one.Topic), one.Partition)] is >= 0 and var offset ? offset : one.EndOffset);
    }

    private Finding Find(
        string topic, string group, IReadOnlyList<GroupLag> lags, Dictionary<(string Topic, int Partition), long> halfway)
    {
        var behind = lags.Sum(static one => one.Lag);
        var isLate = lags.Any(one => one.Lag > 0 && one.CommittedOffset < halfway[(one.Topic, one.Partition)]);
        return Finding.Of(
            !isLate,
            $"group {names.InKafka(group)} of {names.InKafka(topic)}",
            string.Create(CultureInfo.InvariantCulture, $"{behind} records behind"),
            Severity.Warning,
            string.Create(CultureInfo.InvariantCulture, $"nothing unread that is older than half of the retention ({options.Retention / 2:c})"),
            "See whether the consumers run, and what they log. If they cannot catch up in time, raise retention.ms of the topic first.");
    }
}
