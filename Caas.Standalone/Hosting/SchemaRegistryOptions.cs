namespace Caas.Standalone.Hosting;

/// <summary>Where the schema registry is.</summary>
internal sealed class SchemaRegistryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:SchemaRegistry";

    /// <summary>The port of the Confluent-compatible API.</summary>
    public int Port { get; set; } = 8081;
}
