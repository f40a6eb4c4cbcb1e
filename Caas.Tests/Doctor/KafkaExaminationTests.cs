using Caas.Domain.Events;
using Caas.Engines.Doctor;
using Caas.Engines.Kafka;
using Caas.Engines.Kafka.Doctor;
using Caas.Tests.Engines.Kafka;
using Caas.Tests.Support;

namespace Caas.Tests.Doctor;

/// <summary>
/// What is found out of the mock cluster, which describes no settings; what they mean is tried on settings as brokers tell
/// them.
/// </summary>
public sealed class KafkaExaminationTests
{
    private static readonly Dictionary<string, string> Good = new(StringComparer.Ordinal)
    {
        ["auto.create.topics.enable"] = "false",
        ["offsets.topic.replication.factor"] = "3",
        ["offsets.retention.minutes"] = "10080",
    };

    [Fact]
    public async Task Three_brokers_are_enough_and_what_they_do_not_tell_is_no_error()
    {
        using var mock = MockKafka.Start();
        foreach (var topic in Topics.All)
        {
            mock.CreateTopic(topic);
        }

        await using var engine = KafkaFixture.Open(mock.Bootstrap);

        var found = await ExamineAsync(engine);

        found.Of(Severity.Error).ShouldBeEmpty();
        found["brokers"].Found.ShouldBe("3");
        found["access"].Severity.ShouldBe(Severity.Warning);
        found["topics"].Found.ShouldBe("not told");
        found["group delivery of platform.events"].Found.ShouldBe("0 records behind");
        found.ShouldNameTheirCures();
    }

    [Fact]
    public async Task One_broker_is_an_error_and_a_warning_where_it_is_meant()
    {
        using var mock = MockKafka.Start(brokers: 1);
        await using var engine = KafkaFixture.Open(
            mock.Bootstrap, ("Caas:Kafka:CreateTopics", "true"), ("Caas:Kafka:ReplicationFactor", "1"), ("Caas:Kafka:MinInSyncReplicas", "1"));

        (await ExamineAsync(engine)).Of(Severity.Error).ShouldBe(["brokers", "replicas that are wanted"]);
        (await ExamineAsync(engine, Findings.Single)).Of(Severity.Error).ShouldBeEmpty();
    }

    [Fact]
    public async Task Missing_topics_are_an_error_only_where_nobody_makes_them()
    {
        using var mock = MockKafka.Start();
        await using var making = KafkaFixture.Open(mock.Bootstrap, ("Caas:Kafka:CreateTopics", "true"));
        await using var leaving = KafkaFixture.Open(mock.Bootstrap, ("Caas:Kafka:CreateTopics", "false"));

        (await ExamineAsync(making))["topic platform.events"].Severity.ShouldBe(Severity.Ok);
        (await ExamineAsync(leaving))["topic platform.events"].Severity.ShouldBe(Severity.Error);
    }

    [Fact]
    public async Task A_cluster_that_is_away_is_one_error_that_names_the_key()
    {
        await using var engine = KafkaFixture.Open("127.0.0.1:1", ("Caas:Kafka:RequestTimeout", "00:00:01"));

        var found = await ExamineAsync(engine);

        found.All.ShouldHaveSingleItem().Severity.ShouldBe(Severity.Error);
        found["brokers"].Cure.ShouldNotBeNull().ShouldContain("ConnectionStrings:kafka");
    }

    [Fact]
    public void A_broker_that_is_set_as_it_should_be_has_no_finding_but_ok() =>
        Broker(Good).ShouldAllBe(static one => one.Severity == Severity.Ok);

    [Theory]
    [InlineData("auto.create.topics.enable", "true", Severity.Warning)]
    [InlineData("offsets.topic.replication.factor", "1", Severity.Error)]
    [InlineData("offsets.retention.minutes", "1440", Severity.Warning)]
    public void A_setting_of_a_broker_that_loses_something_is_told_with_its_cure(string name, string value, Severity severity)
    {
        var found = Broker(new Dictionary<string, string>(Good, StringComparer.Ordinal) { [name] = value })
            .Single(one => one.Subject == $"broker 1, {name}");

        found.Severity.ShouldBe(severity);
        found.Found.ShouldBe(value);
        found.Cure.ShouldNotBeNull();
    }

    private static IReadOnlyList<Finding> Broker(Dictionary<string, string> told) =>
        KafkaSettings.OfBroker("broker 1", told, new KafkaOptions(), Findings.Usual);

    private static Task<Findings> ExamineAsync(KafkaFixture engine, Examination? how = null) =>
        Findings.OfAsync(engine.Get<IEnumerable<IExamination>>().Single(), how);
}
