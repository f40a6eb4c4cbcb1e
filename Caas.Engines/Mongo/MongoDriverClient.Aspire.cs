using Caas.Engines.Mongo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;

namespace Caas.Engines.Mongo;

/// <summary>Registers the client by Aspire's integration. The other half of the pair is <c>MongoDriverClient.cs</c>.</summary>
public static class MongoDriverClient
{
    /// <summary>Registers the client of the whole process; it connects at the first use.</summary>
    public static TBuilder AddMongoDriverClient<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddMongoDefaults();
        var untraced = false;
        MongoClientDefaults? defaults = null;
        builder.AddMongoDBClient(
            MongoEngine.ConnectionName,
            settings =>
            {
                // Read once here, so that a wrong one ends the start with a line that names its key.
                _ = MongoConnection.Read(settings.ConnectionString, MongoPlacements.KeyOf(MongoPlacements.Main));

                // The driver traces by itself; the integration would trace every command once more.
                untraced = settings.DisableTracing;
                settings.DisableTracing = true;
            },
            settings =>
            {
                if (untraced)
                {
                    MongoConnection.Untrace(settings);
                }

                defaults!.Apply(settings);

                // Else the integration has the driver log every command and its answer, with what people wrote.
                settings.LoggingSettings = new LoggingSettings(NullLoggerFactory.Instance);
            });

        // The integration sets the client up without services at hand: what it is set to is asked for just before.
        var make = builder.Services.Last(static service => service.ServiceType == typeof(IMongoClient)).ImplementationFactory!;
        builder.Services.AddSingleton(provider =>
        {
            defaults = provider.GetRequiredService<MongoClientDefaults>();
            return (IMongoClient)make(provider);
        });
        return builder;
    }
}
