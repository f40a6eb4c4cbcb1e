using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>
/// Registers the Redis client. The twin of <c>RedisClient.Aspire.cs</c>: the same types and the same configuration keys.
/// </summary>
public static class RedisClient
{
    /// <summary>
    /// Adds <see cref="IConnectionMultiplexer"/> from <c>ConnectionStrings:redis</c>, with more from
    /// <c>Aspire:StackExchange:Redis</c> and <c>Aspire:StackExchange:Redis:redis</c>: <c>ConnectionString</c>,
    /// <c>DisableTracing</c> and <c>ConfigurationOptions</c>. <c>DisableHealthChecks</c> has nothing to switch off: each
    /// port has its own check.
    /// </summary>
    public static TBuilder AddRedisConnection<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var settings = new Settings();
        var sections = new[] { RedisClientDefaults.Section, $"{RedisClientDefaults.Section}:{RedisClientDefaults.Name}" }
            .Select(builder.Configuration.GetSection)
            .ToArray();
        foreach (var section in sections)
        {
            section.Bind(settings);
        }

        settings.ConnectionString = builder.Configuration.GetConnectionString(RedisClientDefaults.Name) ?? settings.ConnectionString;
        builder.Services.AddSingleton<IConnectionMultiplexer>(
            _ => ConnectionMultiplexer.Connect(Options(settings.ConnectionString, sections)));
        if (!settings.DisableTracing)
        {
            // Where nobody records traces this builds nothing.
            builder.Services.ConfigureOpenTelemetryTracerProvider(static tracing => tracing.AddRedisInstrumentation());
        }

        return builder;
    }

    private static ConfigurationOptions Options(string? connectionString, IConfigurationSection[] sections)
    {
        var options = RedisClientDefaults.Read(connectionString);
        RedisClientDefaults.Apply(options);
        try
        {
            foreach (var section in sections)
            {
                section.GetSection("ConfigurationOptions").Bind(options);
            }

            return options;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException)
        {
            throw RedisClientDefaults.Unreadable(e);
        }
    }

    private sealed class Settings
    {
        public string? ConnectionString { get; set; }

        public bool DisableTracing { get; set; }
    }
}
