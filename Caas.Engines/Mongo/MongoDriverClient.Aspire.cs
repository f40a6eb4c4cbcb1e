using Caas.Engines.Mongo.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Caas.Engines.Mongo;

/// <summary>Registers the client by Aspire's integration. The other half of the pair is <c>MongoDriverClient.cs</c>.</summary>
public static class MongoDriverClient
{
    /// <summary>Registers the client of the whole process; it connects at the first use.</summary>
    public static TBuilder AddMongoDriverClient<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddMongoDefaults();

        // The integration takes the settings before there is a provider, so the bounds are read here.
        var options = builder.Configuration.GetSection(MongoOptions.Section).Get<MongoOptions>() ?? new MongoOptions();
        builder.AddMongoDBClient(
            MongoEngine.ConnectionName,
            configureClientSettings: settings => new MongoClientDefaults(Options.Create(options), metrics: null).Apply(settings));
        return builder;
    }
}
