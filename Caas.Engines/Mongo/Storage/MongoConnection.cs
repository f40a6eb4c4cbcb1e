using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;

namespace Caas.Engines.Mongo.Storage;

/// <summary>What the connection string says, as both registrations of the client read it.</summary>
internal static class MongoConnection
{
    /// <summary>The settings of a connection string; an <see cref="EngineStartException"/> where it is missing or is none.</summary>
    /// <param name="connection">The text.</param>
    /// <param name="key">Where it stands.</param>
    public static MongoClientSettings Read(string? connection, string key)
    {
        if (string.IsNullOrWhiteSpace(connection))
        {
            throw new EngineStartException(
                $"{key}: is missing: name the deployment, such as mongodb://host:27017/?replicaSet=rs0.");
        }

        try
        {
            return MongoClientSettings.FromConnectionString(connection);
        }
        catch (MongoConfigurationException failure)
        {
            throw Wrong(failure, key);
        }
    }

    /// <summary>What is told where it cannot be used: without the driver's words, which repeat the string with its password.</summary>
    public static EngineStartException Wrong(MongoConfigurationException failure, string key) =>
        new($"{key}: is no MongoDB connection string ({failure.GetType().Name}).");

    /// <summary>Switches the driver's own tracing off.</summary>
    public static void Untrace(MongoClientSettings settings) => settings.TracingOptions = new TracingOptions { Disabled = true };
}
