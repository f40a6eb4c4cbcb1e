using Caas.Engines.Kafka;

namespace Caas.Tests.Engines.Kafka;

/// <summary>What a topic must be, and which line tells the operator that it is not.</summary>
public sealed class TopicSettingsTests
{
    private static readonly TopicSettings Wanted = TopicSettings.Wanted(new KafkaOptions());

    [Fact]
    public void A_topic_is_created_durable()
    {
        Wanted.Partitions.ShouldBe(3);
        Wanted.ReplicationFactor.ShouldBe(3);
        Wanted.ToConfigs().ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["min.insync.replicas"] = "2",
                ["retention.ms"] = "604800000",
                ["max.message.bytes"] = "8454144",
                ["cleanup.policy"] = "delete",
                ["unclean.leader.election.enable"] = "false",
            },
            ignoreOrder: true);
    }

    [Fact]
    public void A_topic_as_it_was_created_has_no_fault() =>
        Wanted.FindFaults("t", TopicSettings.Actual(3, 3, Wanted.ToConfigs())).ShouldBeEmpty();

    [Fact]
    public void A_topic_that_is_safer_has_no_fault() => Wanted.FindFaults(
        "t", Wanted with { ReplicationFactor = 5, MinInSyncReplicas = 3, RetentionMs = -1, MaxMessageBytes = int.MaxValue }).ShouldBeEmpty();

    [Fact]
    public void A_setting_that_the_brokers_do_not_tell_is_a_fault() => Wanted.FindFaults(
        "t", TopicSettings.Actual(3, 3, new Dictionary<string, string>(StringComparer.Ordinal))).Count.ShouldBe(5);

    [Fact]
    public void Each_fault_names_topic_setting_and_key()
    {
        Faults(Wanted with { Partitions = 6 }).ShouldBe(["topic t has partitions 6, wanted is 3 (Caas:Kafka:Partitions)"]);
        Faults(Wanted with { ReplicationFactor = 2 }).ShouldBe(
            ["topic t has replicas 2, wanted is at least 3 (Caas:Kafka:ReplicationFactor)"]);
        Faults(Wanted with { MinInSyncReplicas = 1 }).ShouldBe(
            ["topic t has min.insync.replicas 1, wanted is at least 2 (Caas:Kafka:MinInSyncReplicas)"]);
        Faults(Wanted with { MinInSyncReplicas = 4 }).ShouldBe(
            ["topic t has min.insync.replicas 4, wanted is at most its 3 replicas (Caas:Kafka:MinInSyncReplicas)"]);
        Faults(Wanted with { RetentionMs = 1000 }).ShouldBe(
            ["topic t has retention.ms 1000, wanted is at least 604800000 (Caas:Kafka:Retention)"]);
        Faults(Wanted with { MaxMessageBytes = 1048588 }).ShouldBe(
            ["topic t has max.message.bytes 1048588, wanted is at least 8454144 (Caas:Kafka:MaxRecordBytes)"]);
        Faults(Wanted with { CleanupPolicy = "compact" }).ShouldBe(
            ["topic t has cleanup.policy compact, wanted is delete (Caas:Kafka:CheckTopics)"]);
        Faults(Wanted with { UncleanLeaderElection = true }).ShouldBe(
            ["topic t has unclean.leader.election.enable true, wanted is false (Caas:Kafka:CheckTopics)"]);
    }

    [Theory]
    [InlineData(nameof(KafkaOptions.Partitions), 0)]
    [InlineData(nameof(KafkaOptions.ReplicationFactor), 0)]
    [InlineData(nameof(KafkaOptions.MinInSyncReplicas), 4)]
    [InlineData(nameof(KafkaOptions.MaxRecordBytes), 1)]
    [InlineData(nameof(KafkaOptions.QueueCapacity), 0)]
    [InlineData(nameof(KafkaOptions.MaxBufferedRecords), 0)]
    [InlineData(nameof(KafkaOptions.MaxBufferedBytes), 0)]
    [InlineData(nameof(KafkaOptions.MaxReadRecords), 0)]
    public void A_number_that_makes_no_sense_is_named(string name, int value)
    {
        var options = new KafkaOptions();
        options.FindFault().ShouldBeNull();
        var property = typeof(KafkaOptions).GetProperty(name)!;

        property.SetValue(options, Convert.ChangeType(value, property.PropertyType, provider: null));

        options.FindFault().ShouldNotBeNull().ShouldStartWith($"Caas:Kafka:{name} is not between ");
    }

    [Fact]
    public void A_time_or_a_name_that_makes_no_sense_is_named()
    {
        Fault(options => options.SessionTimeout = TimeSpan.Zero).ShouldBe(
            "Caas:Kafka:SessionTimeout is not between 00:00:01 and 00:05:00.");
        Fault(options => options.OffsetDelay = TimeSpan.FromSeconds(1)).ShouldBe(
            "Caas:Kafka:OffsetDelay is not between 00:00:00.0100000 and 00:00:00.5000000.");
        Fault(options => options.Retention = TimeSpan.Zero).ShouldBe("Caas:Kafka:Retention is below a minute.");
        Fault(options => options.Prefix = "a b").ShouldBe("Caas:Kafka:Prefix is not 1 to 100 of A-Z a-z 0-9 . _ -.");
        Fault(options => options.NodeName = string.Empty).ShouldBe("Caas:Kafka:NodeName is not 1 to 100 of A-Z a-z 0-9 . _ -.");
    }

    private static IReadOnlyList<string> Faults(TopicSettings actual) => Wanted.FindFaults("t", actual);

    private static string? Fault(Action<KafkaOptions> change)
    {
        var options = new KafkaOptions();
        change(options);
        return options.FindFault();
    }
}
