namespace Caas.AppHost.Resources;

/// <summary>The engines that Aspire brings whole, and the schema registry.</summary>
internal static class OtherEngines
{
    /// <summary>Redis with a password and an append-only file that is flushed every second.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddRedisCounters(
        this IDistributedApplicationBuilder builder, string name, Deployment deployment)
    {
        if (deployment.HasManagedEngines)
        {
            return builder.AddConnectionString(name);
        }

        return builder.AddRedis(name, deployment.PortWhenRun(6379), builder.AddSecret($"{name}-password"))
            .WithDataVolume($"caas-{name}")
            .WithAppendOnlyFile()
            .WithRedisCommander(commander => commander.WithHostPort(deployment.PortWhenRun(8083)));
    }

    /// <summary>The Confluent Schema Registry, which keeps its schemas in Kafka; its connection string is its address.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddSchemaRegistry(
        this IDistributedApplicationBuilder builder, string name, KafkaAddress kafka, Deployment deployment)
    {
        if (deployment.HasManagedEngines)
        {
            return builder.AddConnectionString(name);
        }

        var registry = builder.AddContainer("schema-registry", "confluentinc/cp-schema-registry", "8.2.0")
            .WithImageRegistry("docker.io")
            .WithHttpEndpoint(deployment.PortWhenRun(8081), targetPort: 8081, name: "http")
            .WithHttpHealthCheck("/subjects")
            .WithEnvironment("SCHEMA_REGISTRY_HOST_NAME", "schema-registry")
            .WithEnvironment("SCHEMA_REGISTRY_LISTENERS", "http://0.0.0.0:8081")
            .WithEnvironment("SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS", kafka.Internal)
            .WithEnvironment(
                "SCHEMA_REGISTRY_KAFKASTORE_TOPIC_REPLICATION_FACTOR", deployment.Topology == Topology.Cluster ? "3" : "1")
            .WithEnvironment("SCHEMA_REGISTRY_SCHEMA_COMPATIBILITY_LEVEL", "full_transitive")
            .WaitFor(kafka.Connection);
        return builder
            .AddConnectionString(name, expression => expression.Append($"{registry.GetEndpoint("http")}"))
            .WaitFor(registry);
    }

    /// <summary>Elasticsearch, from Elastic's own package: declared now, used when search comes.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddSearch(
        this IDistributedApplicationBuilder builder, string name, Deployment deployment)
    {
        if (deployment.HasManagedEngines)
        {
            return builder.AddConnectionString(name);
        }

        return builder.AddElasticsearch(name, builder.AddSecret($"{name}-password")).WithDataVolume($"caas-{name}");
    }

    /// <summary>Blobs: the emulator when run, a storage account on Azure, else the operator's own account.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddFiles(
        this IDistributedApplicationBuilder builder, string name, Deployment deployment)
    {
        if (!deployment.IsRun && !deployment.HasManagedEngines)
        {
            return builder.AddConnectionString(name);
        }

        return builder.AddAzureStorage("storage")
            .RunAsEmulator(emulator => emulator.WithDataVolume("caas-storage"))
            .AddBlobs(name);
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
