using System.Globalization;
using Confluent.Kafka;

namespace Caas.AppHost.Resources;

/// <summary>
/// Kafka in KRaft mode, without ZooKeeper: one or three nodes, each broker and controller. Aspire's own Kafka resource is
/// one broker by design, and its health check makes a topic, which is off here.
/// </summary>
internal static class KafkaCluster
{
    private const string Image = "confluentinc/cp-kafka";
    private const string Tag = "8.2.0";
    private const int HostPort = 9092;
    private const int InternalPort = 9093;
    private const int ControllerPort = 9094;
    private const int Partitions = 3;
    private const string RetentionMs = "604800000";

    // Caas:Kafka:MaxRecordBytes and what a batch of one record takes beside it: the engine checks it at its start.
    private const string MaxMessageBytes = "8454144";

    // Names the cluster's storage; no secret, and the same on every node (22 characters of base64url).
    private const string ClusterId = "MkU3OEVBNTcwNTJENDM2Qk";

    // The topics of Caas.Domain/Events/Topics.cs, which this project cannot refer to: a test compares the two.
    private static readonly string[] TopicNames =
        ["platform.events", "platform.audit", "platform.notifications", "platform.pushes", "internal.dlq"];

    // Repeating it does no harm, and it waits by itself: what is published knows no order of starts. A dollar
    // stands only before a name: "$(" means something else to Compose and to Kubernetes.
    private const string CreateTopics =
        """
        attempt=0
        for topic in $TOPICS; do
          until kafka-topics --bootstrap-server "$BOOTSTRAP" --create --if-not-exists --topic "$topic" \
            --partitions "$PARTITIONS" --replication-factor "$REPLICATION" \
            --config min.insync.replicas="$MIN_INSYNC" --config retention.ms="$RETENTION_MS" \
              --config max.message.bytes="$MAX_MESSAGE_BYTES"; do
            ((attempt += 1))
            if [ "$attempt" -ge 60 ]; then exit 1; fi
            sleep 2
          done
        done
        """;

    /// <summary>The cluster with its topics.</summary>
    public static KafkaEngine AddKafkaCluster(this IDistributedApplicationBuilder builder, string name, Deployment deployment)
    {
        if (deployment.HasManagedEngines)
        {
            return builder.AddManagedKafka(name);
        }

        string[] names = [.. Enumerable.Range(1, deployment.Members).Select(number => $"{name}-{Text(number)}")];
        var nodes = new EngineNodes(names, new Footprint(name, MemoryMiB: 2048, MilliCores: 500))
        {
            ReadyPort = InternalPort,
            AreReachedUnready = true,
        };
        var brokers = new List<IResourceBuilder<ContainerResource>>();
        foreach (var (index, broker) in names.Index())
        {
            brokers.Add(builder.AddBroker(broker, index + 1, brokers, deployment).PublishEngine(deployment, nodes));
        }

        var inside = ContainerAddresses.Of(brokers, "internal", InternalPort, deployment);
        var topics = builder.AddTopics($"{name}-topics", brokers, inside, deployment);
        var connection = builder
            .AddConnectionString(name, expression => Compose(expression, brokers, inside, deployment))
            .WithEngineHealth((address, _) => AskAsync(address, deployment.Members));
        return new KafkaEngine(connection, inside) { Containers = brokers, Preparation = topics };
    }

    private static IResourceBuilder<ContainerResource> AddBroker(
        this IDistributedApplicationBuilder builder,
        string name,
        int number,
        List<IResourceBuilder<ContainerResource>> brokers,
        Deployment deployment)
    {
        var broker = builder.AddContainer(name, Image, Tag)
            .WithImageRegistry("docker.io")
            .WithEndpoint(deployment.PortWhenRun(HostPort + number - 1), HostPort, scheme: "tcp", name: "host")
            .WithEndpoint(targetPort: InternalPort, scheme: "tcp", name: "internal")
            .WithEndpoint(targetPort: ControllerPort, scheme: "tcp", name: "controller")
            .WithData("/var/lib/kafka/data", "20Gi", deployment);
        return broker
            .WithEnvironment("CLUSTER_ID", ClusterId)
            .WithEnvironment("KAFKA_NODE_ID", Text(number))
            .WithEnvironment("KAFKA_PROCESS_ROLES", "broker,controller")
            .WithEnvironment("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER")
            .WithEnvironment("KAFKA_INTER_BROKER_LISTENER_NAME", "INTERNAL")
            .WithEnvironment(
                "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "HOST:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT")
            .WithEnvironment("KAFKA_LISTENERS", "HOST://0.0.0.0:9092,INTERNAL://0.0.0.0:9093,CONTROLLER://0.0.0.0:9094")

            // Below the volume's root, where some file systems have a folder of their own that Kafka takes for a topic.
            .WithEnvironment("KAFKA_LOG_DIRS", "/var/lib/kafka/data/logs")
            .WithEnvironment("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
            .WithEnvironment("KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE", "false")
            .WithEnvironment("KAFKA_NUM_PARTITIONS", Text(Partitions))
            .WithEnvironment("KAFKA_LOG_RETENTION_HOURS", "168")
            .WithReplication(deployment)
            .WithEnvironment(context =>
            {
                // Called when all brokers are known: each names every controller.
                context.EnvironmentVariables["KAFKA_ADVERTISED_LISTENERS"] = Advertised(broker, deployment);
                context.EnvironmentVariables["KAFKA_CONTROLLER_QUORUM_VOTERS"] = Voters(brokers, deployment);
            });
    }

    private static IResourceBuilder<ContainerResource> WithReplication(
        this IResourceBuilder<ContainerResource> broker, Deployment deployment) => broker
        .WithEnvironment("KAFKA_DEFAULT_REPLICATION_FACTOR", Text(deployment.Members))
        .WithEnvironment("KAFKA_MIN_INSYNC_REPLICAS", Text(MinInSync(deployment)))
        .WithEnvironment("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", Text(deployment.Members))
        .WithEnvironment("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", Text(deployment.Members))
        .WithEnvironment("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", Text(MinInSync(deployment)));

    private static IResourceBuilder<ContainerResource> AddTopics(
        this IDistributedApplicationBuilder builder,
        string name,
        List<IResourceBuilder<ContainerResource>> brokers,
        ReferenceExpression bootstrap,
        Deployment deployment)
    {
        var topics = builder.AddContainer(name, Image, Tag)
            .WithImageRegistry("docker.io")
            .WithEntrypoint("bash")
            .WithArgs("-c", CreateTopics)
            .WithEnvironment("BOOTSTRAP", bootstrap)
            .WithEnvironment("TOPICS", string.Join(' ', TopicNames))
            .WithEnvironment("PARTITIONS", Text(Partitions))
            .WithEnvironment("REPLICATION", Text(deployment.Members))
            .WithEnvironment("MIN_INSYNC", Text(MinInSync(deployment)))
            .WithEnvironment("RETENTION_MS", RetentionMs)
            .WithEnvironment("MAX_MESSAGE_BYTES", MaxMessageBytes);
        foreach (var broker in brokers)
        {
            topics.WaitForStart(broker);
        }

        return topics.PublishOnce(deployment);
    }

    // Clients are told to come back to what is advertised: host processes to a port of this machine, containers to a name.
    private static ReferenceExpression Advertised(IResourceBuilder<ContainerResource> broker, Deployment deployment)
    {
        var inside = ContainerAddresses.Of(broker, "internal", InternalPort, deployment);
        var host = HostAddress(broker, deployment);
        return ReferenceExpression.Create($"HOST://{host},INTERNAL://{inside}");
    }

    private static ReferenceExpression HostAddress(IResourceBuilder<ContainerResource> broker, Deployment deployment)
    {
        if (!deployment.IsRun)
        {
            return ReferenceExpression.Create($"{broker.GetEndpoint("host").Property(EndpointProperty.HostAndPort)}");
        }

        // In the container's own environment the endpoint would be the container's: the host's port is asked for.
        var endpoint = new EndpointReference(broker.Resource, "host", KnownNetworkIdentifiers.LocalhostNetwork);
        return ReferenceExpression.Create($"localhost:{endpoint.Property(EndpointProperty.Port)}");
    }

    private static ReferenceExpression Voters(List<IResourceBuilder<ContainerResource>> brokers, Deployment deployment) =>
        ContainerAddresses.Join(brokers.Select((broker, index) =>
        {
            var address = ContainerAddresses.Of(broker, "controller", ControllerPort, deployment);
            return ReferenceExpression.Create($"{Text(index + 1)}@{address}");
        }));

    private static void Compose(
        ReferenceExpressionBuilder expression,
        List<IResourceBuilder<ContainerResource>> brokers,
        ReferenceExpression inside,
        Deployment deployment)
    {
        var addresses = deployment.IsRun
            ? ContainerAddresses.Join(brokers.Select(broker => HostAddress(broker, deployment)))
            : inside;
        expression.Append($"{addresses}");
    }

    // Two of three replicas hold a record before it counts; with one broker there is one.
    private static int MinInSync(Deployment deployment) => Math.Max(1, deployment.Members - 1);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // The client library blocks: off the health check's thread.
    private static Task<string?> AskAsync(string address, int brokers) => Task.Run(() =>
    {
        using var client = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = address }).Build();
        var metadata = client.GetMetadata(TimeSpan.FromSeconds(5));
        var known = metadata.Topics.Select(topic => topic.Topic).ToHashSet(StringComparer.Ordinal);
        var missing = TopicNames.Where(topic => !known.Contains(topic)).ToList();
        return metadata.Brokers.Count < brokers ? $"{metadata.Brokers.Count} of {brokers} brokers answer."
            : missing.Count > 0 ? $"Topics are missing: {string.Join(", ", missing)}."
            : null;
    });
}
