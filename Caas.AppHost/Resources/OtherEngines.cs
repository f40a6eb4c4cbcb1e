namespace Caas.AppHost.Resources;

/// <summary>The engines that Aspire brings whole, and the schema registry.</summary>
internal static class OtherEngines
{
    /// <summary>Redis with a password and an append-only file that is flushed every second.</summary>
    public static Engine AddRedisCounters(this IDistributedApplicationBuilder builder, string name, Deployment deployment)
    {
        if (deployment.HasManagedEngines)
        {
            return new Engine(builder.AddConnectionString(name));
        }

        const int Port = 6379;
        var password = builder.AddSecret($"{name}-password");
        var redis = builder.AddRedis(name, deployment.PortWhenRun(Port), password)
            .WithData("/data", "2Gi", deployment)
            .WithAppendOnlyFile()
            .WithRedisCommander(commander => commander.WithHostPort(deployment.PortWhenRun(8083)))
            .PublishEngine(deployment, new EngineNodes([name], new Footprint(name, MemoryMiB: 1024, MilliCores: 250)) { ReadyPort = Port });
        return new Engine(redis) { Password = password };
    }

    /// <summary>The Confluent Schema Registry, which keeps its schemas in Kafka; its connection string is its address.</summary>
    public static Engine AddSchemaRegistry(
        this IDistributedApplicationBuilder builder, string name, KafkaEngine kafka, Deployment deployment)
    {
        if (deployment.HasManagedEngines)
        {
            return builder.AddManagedRegistry(name);
        }

        const string Node = "schema-registry";
        const int Port = 8081;
        var registry = builder.AddContainer(Node, "confluentinc/cp-schema-registry", "8.2.0")
            .WithImageRegistry("docker.io")
            .WithHttpEndpoint(deployment.PortWhenRun(Port), targetPort: Port, name: "http")
            .WithHttpProbe(ProbeType.Readiness, "/subjects", endpointName: "http")
            .WithEnvironment("SCHEMA_REGISTRY_HOST_NAME", Node)
            .WithEnvironment("SCHEMA_REGISTRY_LISTENERS", "http://0.0.0.0:8081")
            .WithEnvironment("SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS", kafka.Internal)
            .WithEnvironment(
                "SCHEMA_REGISTRY_KAFKASTORE_TOPIC_REPLICATION_FACTOR", deployment.Topology == Topology.Cluster ? "3" : "1")
            .WithEnvironment("SCHEMA_REGISTRY_SCHEMA_COMPATIBILITY_LEVEL", "full_transitive")
            .WaitFor(kafka)
            .PublishEngine(deployment, new EngineNodes([Node], new Footprint(Node, MemoryMiB: 1024, MilliCores: 100)));
        var connection = builder
            .AddConnectionString(name, expression => expression.Append($"{registry.GetEndpoint("http")}"))
            .WaitFor(registry);
        return new Engine(connection) { Containers = [registry] };
    }

    /// <summary>
    /// Blobs: the emulator when run, a storage account on Azure. Elsewhere there is none to publish, and nothing asks for one
    /// until files come.
    /// </summary>
    public static IEnumerable<Engine> AddFiles(this IDistributedApplicationBuilder builder, string name, Deployment deployment)
    {
        if (deployment.IsRun || deployment.HasManagedEngines)
        {
            yield return new Engine(builder.AddAzureStorage("storage")
                .RunAsEmulator(emulator => emulator.WithDataVolume(DataVolumes.Name("storage", deployment)))
                .AddBlobs(name));
        }
    }

    // When run, each argument is one of the list; when published, the list is the command line of a shell.
    private static IResourceBuilder<RedisResource> WithAppendOnlyFile(this IResourceBuilder<RedisResource> redis) =>
        redis.WithArgs(context =>
        {
            const string AppendOnly = "--appendonly yes --appendfsync everysec";
            if (context.ExecutionContext.IsPublishMode)
            {
                context.Args[^1] = $"{context.Args[^1]} {AppendOnly}";
                return;
            }

            foreach (var argument in AppendOnly.Split(' '))
            {
                context.Args.Add(argument);
            }
        });
}
