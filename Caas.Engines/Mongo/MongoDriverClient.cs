using Caas.Engines.Mongo.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using MongoDB.Driver;

namespace Caas.Engines.Mongo;

/// <summary>
/// Registers <see cref="IMongoClient"/> where Aspire's integration is not there, with the same keys: the section
/// <c>Aspire:MongoDB:Driver</c>, over it <c>Aspire:MongoDB:Driver:mongodb</c>, over it <c>ConnectionStrings:mongodb</c>.
/// The other half of the pair is <c>MongoDriverClient.Aspire.cs</c>; the project file chooses.
/// </summary>
public static class MongoDriverClient
{
    private const string Section = "Aspire:MongoDB:Driver";

    /// <summary>Registers the client of the whole process; it connects at the first use.</summary>
    public static TBuilder AddMongoDriverClient<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var keys = builder.Configuration.GetSection(Section);
        var named = keys.GetSection(MongoEngine.ConnectionName);
        builder.Services.AddMongoDefaults();
        builder.Services.AddSingleton<IMongoClient>(provider => Make(builder.Configuration, keys, provider));
        if (!Flag("DisableHealthChecks"))
        {
            int? timeout = Value("HealthCheckTimeout") is { } text
                ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
                : null;
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                "MongoDB.Driver",
                static provider => new MongoPing(provider.GetRequiredService<IMongoClient>()),
                failureStatus: null,
                tags: null,
                timeout is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null));
        }

        return builder;

        string? Value(string key) => named[key] ?? keys[key];

        bool Flag(string key) => bool.TryParse(Value(key), out var flag) && flag;
    }

    private static MongoClient Make(IConfiguration configuration, IConfigurationSection keys, IServiceProvider provider)
    {
        var named = keys.GetSection(MongoEngine.ConnectionName);
        var connection = configuration.GetConnectionString(MongoEngine.ConnectionName)
            ?? named["ConnectionString"]
            ?? keys["ConnectionString"];
        try
        {
            var settings = MongoConnection.Read(connection, MongoPlacements.KeyOf(MongoPlacements.Main));
            if (bool.TryParse(named["DisableTracing"] ?? keys["DisableTracing"], out var untraced) && untraced)
            {
                MongoConnection.Untrace(settings);
            }

            provider.GetRequiredService<MongoClientDefaults>().Apply(settings);
            return new MongoClient(settings);
        }
        catch (MongoConfigurationException failure)
        {
            throw MongoConnection.Wrong(failure, MongoPlacements.KeyOf(MongoPlacements.Main));
        }
    }
}
