using Caas.Engines;
using Caas.Engines.Kafka;
using Confluent.Kafka;

namespace Caas.Tests.Engines.Kafka;

/// <summary>What a mock cluster cannot show: the clients are made so that nothing acknowledged is lost.</summary>
public sealed class DurableSettingsTests
{
    private static readonly (string, string)[] Secured = Security("Producer").Concat(Security("Consumer")).ToArray();

    [Fact]
    public async Task The_producer_is_idempotent_waits_for_all_replicas_and_is_bounded()
    {
        await using var engine = KafkaFixture.Build(("ConnectionStrings:kafka", "one:9092,two:9092"));

        Settings(engine.Get<KafkaClientConfigs>().Producer).ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["bootstrap.servers"] = "one:9092,two:9092",
                ["client.id"] = "caas",
                ["acks"] = "-1",
                ["enable.idempotence"] = "True",
                ["max.in.flight"] = "5",
                ["partitioner"] = "murmur2_random",
                ["message.timeout.ms"] = "30000",
                ["message.max.bytes"] = "8454144",
                ["queue.buffering.max.messages"] = "100000",
                ["queue.buffering.max.kbytes"] = "65536",
                ["linger.ms"] = "2",
                ["compression.type"] = "lz4",
                ["dotnet.producer.enable.delivery.reports"] = "True",
                ["dotnet.producer.delivery.report.fields"] = "status",
                ["reconnect.backoff.max.ms"] = "1000",
                ["socket.keepalive.enable"] = "True",
            },
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_member_commits_what_it_stores_and_begins_at_the_beginning()
    {
        await using var engine = KafkaFixture.Build(("ConnectionStrings:kafka", "one:9092"));

        Settings(engine.Get<KafkaClientConfigs>().Member("platform.events", "delivery")).ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["bootstrap.servers"] = "one:9092",
                ["client.id"] = "caas",
                ["group.id"] = "delivery",
                ["enable.auto.commit"] = "True",
                ["enable.auto.offset.store"] = "False",
                ["auto.commit.interval.ms"] = "500",
                ["auto.offset.reset"] = "earliest",
                ["partition.assignment.strategy"] = "cooperative-sticky",
                ["session.timeout.ms"] = "45000",
                ["heartbeat.interval.ms"] = "3750",
                ["max.poll.interval.ms"] = "300000",
                ["allow.auto.create.topics"] = "False",
                ["check.crcs"] = "True",
                ["enable.partition.eof"] = "False",
                ["queued.min.messages"] = "2000",
                ["queued.max.messages.kbytes"] = "16384",
                ["reconnect.backoff.max.ms"] = "1000",
                ["socket.keepalive.enable"] = "True",
            },
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_node_with_a_lasting_name_has_static_members_and_a_prefix_stands_before_all_names()
    {
        await using var engine = KafkaFixture.Build(
            ("ConnectionStrings:kafka", "one:9092"), ("Caas:Kafka:NodeName", "node-1"), ("Caas:Kafka:Prefix", "staging."));

        var member = engine.Get<KafkaClientConfigs>().Member("platform.events", "delivery");

        member.GroupInstanceId.ShouldBe("node-1.platform.events.delivery");
        member.GroupId.ShouldBe("staging.delivery");
        engine.Get<KafkaTopics>().InKafka("platform.events").ShouldBe("staging.platform.events");
    }

    [Fact]
    public async Task Scram_and_tls_are_set_for_every_client()
    {
        await using var engine = KafkaFixture.Build([("ConnectionStrings:kafka", "one:9093"), .. Secured]);
        var configs = engine.Get<KafkaClientConfigs>();

        foreach (var client in new ClientConfig[] { configs.Producer, configs.Member("t", "g"), configs.Admin() })
        {
            client.BootstrapServers.ShouldBe("one:9093");
            client.SecurityProtocol.ShouldBe(SecurityProtocol.SaslSsl);
            client.SaslMechanism.ShouldBe(SaslMechanism.ScramSha512);
            client.SaslUsername.ShouldBe("caas");
            client.SaslPassword.ShouldBe("secret");
            client.SslCaLocation.ShouldBe("/etc/ca.pem");
            client.SslEndpointIdentificationAlgorithm.ShouldBe(SslEndpointIdentificationAlgorithm.Https);
        }

        Settings(configs.Admin()).ContainsKey("acks").ShouldBeFalse();
    }

    [Fact]
    public async Task The_connection_string_wins_over_the_named_section_and_that_over_the_section()
    {
        (string, string)[] settings =
        [
            ("Aspire:Confluent:Kafka:Producer:ConnectionString", "section:1"),
            ("Aspire:Confluent:Kafka:Producer:Config:LingerMs", "1"),
            ("Aspire:Confluent:Kafka:Producer:kafka:ConnectionString", "named:1"),
            ("Aspire:Confluent:Kafka:Producer:kafka:Config:LingerMs", "7"),
            ("Aspire:Confluent:Kafka:Consumer:ConnectionString", "section:1"),
        ];
        await using var named = KafkaFixture.Build(settings);
        await using var connected = KafkaFixture.Build([.. settings, ("ConnectionStrings:kafka", "string:1")]);

        named.Get<KafkaClientConfigs>().Producer.BootstrapServers.ShouldBe("named:1");
        named.Get<KafkaClientConfigs>().Producer.LingerMs.ShouldBe(7);
        named.Get<KafkaClientConfigs>().Member("t", "g").BootstrapServers.ShouldBe("section:1");
        connected.Get<KafkaClientConfigs>().Producer.BootstrapServers.ShouldBe("string:1");
        connected.Get<KafkaClientConfigs>().Member("t", "g").BootstrapServers.ShouldBe("string:1");
    }

    [Theory]
    [InlineData("Producer:Config:Acks", "Leader", "must be All.")]
    [InlineData("Producer:Config:EnableIdempotence", "false", "must be true.")]
    [InlineData("Producer:Config:MaxInFlight", "6", "must be 1 to 5.")]
    [InlineData("Producer:Config:Partitioner", "Random", "must be Murmur2Random.")]
    [InlineData("Producer:Config:TransactionalId", "x", "must be unset.")]
    [InlineData("Consumer:Config:EnableAutoOffsetStore", "true", "must be unset.")]
    [InlineData("Consumer:Config:EnableAutoCommit", "false", "must be unset.")]
    [InlineData("Consumer:Config:AutoOffsetReset", "Latest", "must be Earliest.")]
    [InlineData("Consumer:Config:PartitionAssignmentStrategy", "Range", "must be CooperativeSticky.")]
    [InlineData("Consumer:Config:GroupId", "x", "must be unset: the product names its groups.")]
    [InlineData("Consumer:Config:GroupInstanceId", "x", "must be unset: see Caas:Kafka:NodeName.")]
    public async Task A_setting_that_would_break_a_promise_ends_the_start(string key, string value, string must)
    {
        var failure = await Should.ThrowAsync<EngineStartException>(
            StartAsync(("ConnectionStrings:kafka", "one:9092"), ($"Aspire:Confluent:Kafka:{key}", value)));

        failure.Message.ShouldBe($"Aspire:Confluent:Kafka:{key} {must}");
    }

    [Fact]
    public async Task Without_an_address_the_start_names_the_key()
    {
        var failure = await Should.ThrowAsync<EngineStartException>(StartAsync());

        failure.Message.ShouldBe("ConnectionStrings:kafka is missing: the addresses of Kafka's brokers.");
    }

    // Aspire's integration reads its settings as it is registered, ours at the start: both before anything listens.
    private static async Task StartAsync(params (string Key, string Value)[] settings)
    {
        await using var engine = KafkaFixture.Build(settings);
        await engine.Get<IEngineStart>().OpenAsync(TestContext.Current.CancellationToken);
    }

    private static Dictionary<string, string> Settings(Config config) => config.ToDictionary(StringComparer.Ordinal);

    private static IEnumerable<(string, string)> Security(string client)
    {
        var config = $"Aspire:Confluent:Kafka:{client}:Config";
        return
        [
            ($"{config}:SecurityProtocol", "SaslSsl"),
            ($"{config}:SaslMechanism", "ScramSha512"),
            ($"{config}:SaslUsername", "caas"),
            ($"{config}:SaslPassword", "secret"),
            ($"{config}:SslCaLocation", "/etc/ca.pem"),
            ($"{config}:SslEndpointIdentificationAlgorithm", "Https"),
        ];
    }
}
