namespace Caas.AppHost.Resources;

/// <summary>
/// Kafka and a schema registry as services of somebody else, which want TLS and a name: parameters that are asked for where
/// the application is deployed.
/// </summary>
internal static class ManagedKafka
{
    private static readonly string[] Clients = ["Producer", "Consumer"];

    /// <summary>Kafka by its bootstrap servers, over TLS, with SASL.</summary>
    public static KafkaEngine AddManagedKafka(this IDistributedApplicationBuilder builder, string name)
    {
        var connection = builder.AddConnectionString(name);
        var mechanism = builder.AddParameter($"{name}-mechanism", "Plain", publishValueAsDefault: true);
        var user = builder.AddParameter($"{name}-username");
        var password = builder.AddParameter($"{name}-password", secret: true);
        return new KafkaEngine(connection, ReferenceExpression.Create($"{connection.Resource}"))
        {
            Settings =
            [
                .. Clients.SelectMany(client => new[]
                {
                    new EngineSetting(Key(client, "SecurityProtocol"), "SaslSsl"),
                    new EngineSetting(Key(client, "SaslMechanism"), mechanism.Resource),
                    new EngineSetting(Key(client, "SaslUsername"), user.Resource),
                    new EngineSetting(Key(client, "SaslPassword"), password.Resource),
                }),
            ],
        };
    }

    /// <summary>The registry by its address, with a name.</summary>
    public static Engine AddManagedRegistry(this IDistributedApplicationBuilder builder, string name) =>
        new(builder.AddConnectionString(name))
        {
            Settings =
            [
                new("Caas__SchemaRegistryClient__Username", builder.AddParameter($"{name}-username").Resource),
                new("Caas__SchemaRegistryClient__Password", builder.AddParameter($"{name}-password", secret: true).Resource),
            ],
        };

    private static string Key(string client, string setting) => $"Aspire__Confluent__Kafka__{client}__Config__{setting}";
}
