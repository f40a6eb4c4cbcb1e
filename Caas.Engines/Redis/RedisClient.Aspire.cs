using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>Registers the Redis client through Aspire's integration; the twin of <c>RedisClient.cs</c>.</summary>
public static class RedisClient
{
    /// <summary>Adds <see cref="IConnectionMultiplexer"/> from <c>ConnectionStrings:redis</c>, as Aspire's documentation says.</summary>
    public static TBuilder AddRedisConnection<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        // Before the integration's own, which binds the section of the configuration: that has the last word.
        builder.Services.Configure<ConfigurationOptions>(static options =>
        {
            RedisClientDefaults.Apply(options);

            // Else it tells of each step of each connection: a page of it at every start.
            options.LoggerFactory = NullLoggerFactory.Instance;
        });

        // Its health check would take every node out while Redis is away; each port has its own, which does not.
        builder.AddRedisClient(
            RedisClientDefaults.Name,
            static settings =>
            {
                // Read once here, so that a wrong one ends the start with a line that names its key.
                _ = RedisClientDefaults.Read(settings.ConnectionString);
                settings.DisableHealthChecks = true;
            });
        return builder;
    }
}
