namespace Caas.AppHost.Resources;

/// <summary>Pages for the operator into the engines, when the application is run here; Redis Commander comes with Redis.</summary>
internal static class OperatorWindows
{
    /// <summary>The gateway's own pages, as links of its row: the API reference (Scalar), the demo, the metrics.</summary>
    public static IResourceBuilder<ProjectResource> WithWindows(this IResourceBuilder<ProjectResource> gateway) => gateway
        .WithUrlForEndpoint("http", static (EndpointReference _) => new ResourceUrlAnnotation { Url = "/docs", DisplayText = "API reference" })
        .WithUrlForEndpoint("http", static (EndpointReference _) => new ResourceUrlAnnotation { Url = "/demo", DisplayText = "Demo" })
        .WithUrlForEndpoint("metrics", static (EndpointReference _) => new ResourceUrlAnnotation { Url = "/metrics", DisplayText = "Metrics" });

    /// <summary>Adds Kafka UI on 8080 and Mongo Express on 8082; nothing of it is published.</summary>
    public static void AddOperatorWindows(
        this IDistributedApplicationBuilder builder,
        Engine mongodb,
        KafkaEngine kafka,
        Engine schemas,
        Deployment deployment)
    {
        if (!deployment.IsRun)
        {
            return;
        }

        builder.AddContainer("kafka-ui", "kafbat/kafka-ui", "v1.4.2")
            .WithImageRegistry("docker.io")
            .WithHttpEndpoint(8080, targetPort: 8080, name: "http")
            .WithEnvironment("KAFKA_CLUSTERS_0_NAME", "caas")
            .WithEnvironment("KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS", kafka.Internal)
            .WithEnvironment("KAFKA_CLUSTERS_0_SCHEMAREGISTRY", ReferenceExpression.Create($"{schemas.Connection.Resource}"))
            .WaitFor(kafka)
            .ExcludeFromManifest();

        builder.AddContainer("mongo-express", "library/mongo-express", "1.0")
            .WithImageRegistry("docker.io")
            .WithHttpEndpoint(8082, targetPort: 8081, name: "http")
            .WithEnvironment("ME_CONFIG_MONGODB_URL", ReferenceExpression.Create($"{mongodb.Connection.Resource}"))
            .WithEnvironment("ME_CONFIG_BASICAUTH", "true")
            .WithEnvironment("ME_CONFIG_BASICAUTH_USERNAME", "caas_admin")
            .WithEnvironment("ME_CONFIG_BASICAUTH_PASSWORD", builder.AddSecret("mongo-express-password"))
            .WaitFor(mongodb)
            .ExcludeFromManifest();
    }
}
