using System.Globalization;
using Caas.Engines.Doctor;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Caas.Engines.Kafka.Doctor;

/// <summary>How topics and brokers are set: what makes an acknowledged record safe.</summary>
internal sealed class KafkaSettings(TopicKeeper topics, KafkaAdmin admin, KafkaOptions options)
{
    private const string AskMore = "Grant this user DescribeConfigs on the topics and on the cluster, for the examination.";

    /// <summary>Each of the product's topics, against what the options want.</summary>
    public async Task<IReadOnlyList<Finding>> OfTopicsAsync(Examination examination, CancellationToken cancellationToken)
    {
        try
        {
            var found = await topics.ExamineAsync(cancellationToken).ConfigureAwait(false);
            return [.. OfOptions(examination), .. found.SelectMany(OfTopic)];
        }
        catch (IOException)
        {
            return [.. OfOptions(examination), Finding.NotTold("topics", AskMore)];
        }
    }

    /// <summary>What a broker would do of itself; every broker of a cluster is set alike.</summary>
    public async Task<IReadOnlyList<Finding>> OfBrokerAsync(Node broker, Examination examination, CancellationToken cancellationToken)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"broker {broker.Id}");
        try
        {
            var told = await admin.ReadConfigsAsync(
                ResourceType.Broker, broker.Id.ToString(CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
            return OfBroker(subject, told, options, examination);
        }
        catch (IOException)
        {
            return [Finding.NotTold($"{subject}, settings", AskMore)];
        }
    }

    /// <summary>The same of what it told; one that does not tell a setting has its default.</summary>
    internal static IReadOnlyList<Finding> OfBroker(
        string subject, IReadOnlyDictionary<string, string> told, KafkaOptions options, Examination examination)
    {
        const string AutoCreate = "auto.create.topics.enable";
        const string Offsets = "offsets.topic.replication.factor";
        const string OffsetRetention = "offsets.retention.minutes";
        var autoCreate = told.GetValueOrDefault(AutoCreate, "true");
        var replicas = Number(told, Offsets, 3);
        var minutes = Number(told, OffsetRetention, 10_080);
        return
        [
            Finding.Of(
                autoCreate == "false", $"{subject}, {AutoCreate}", autoCreate, Severity.Warning, "false",
                $"Set {AutoCreate}=false: a topic that a broker makes of itself has none of the settings that keep records."),
            Finding.Of(
                replicas >= options.ReplicationFactor && (replicas >= 3 || examination.IsSingle),
                $"{subject}, {Offsets}", Text(replicas), examination.LackOfMembers, "3",
                "Set it, and give __consumer_offsets more replicas (kafka-reassign-partitions): where it is lost, consumers begin anew."),
            Finding.Of(
                minutes >= (long)options.Retention.TotalMinutes,
                $"{subject}, {OffsetRetention}", Text(minutes), Severity.Warning, $"at least {Text((long)options.Retention.TotalMinutes)}",
                "Raise it above the retention of records: a group that is away for longer loses its place before it loses records."),
        ];
    }

    private IEnumerable<Finding> OfOptions(Examination examination)
    {
        const string Key = $"{KafkaOptions.Section}:{nameof(KafkaOptions.ReplicationFactor)}";
        yield return Finding.Of(
            options.ReplicationFactor >= 3 && options.MinInSyncReplicas >= 2,
            "replicas that are wanted",
            $"{Text(options.ReplicationFactor)}, of which {Text(options.MinInSyncReplicas)} in sync",
            examination.LackOfMembers,
            "3, of which 2 in sync",
            $"Set {Key} to 3 and {KafkaOptions.Section}:{nameof(KafkaOptions.MinInSyncReplicas)} to 2, and give the topics as many.");
    }

    private IEnumerable<Finding> OfTopic((string Topic, IReadOnlyList<string>? Faults) found)
    {
        var subject = $"topic {found.Topic}";
        return found.Faults switch
        {
            null when options.CreateTopics => [Finding.Ok(subject, "missing: the next start makes it")],
            null =>
            [
                Finding.Error(
                    subject, "missing", "to be there",
                    $"Make it, or let the product: {KafkaOptions.Section}:{nameof(KafkaOptions.CreateTopics)} true."),
            ],
            [] => [Finding.Ok(subject, "as wanted")],
            _ => found.Faults.Select(fault => Finding.Error(
                subject,
                fault,
                "as the options have it, or safer",
                "Change the topic (kafka-configs --alter; replicas by kafka-reassign-partitions), or the option, if that is what you mean.")),
        };
    }

    private static long Number(IReadOnlyDictionary<string, string> told, string name, long otherwise) =>
        long.TryParse(told.GetValueOrDefault(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
