using Caas.Domain.Events;
using Caas.Domain.Policies;
using Caas.Domain.Presence;
using Caas.Engines.Doctor;
using Caas.Engines.InMemory;
using Caas.Engines.Redis.Doctor;
using Caas.Engines.Redis.Presence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>
/// Registers what the nodes of a cluster share in Redis, over the client of <see cref="RedisClient"/>. With
/// <see cref="RedisOptions"/> from <c>Caas:Redis</c>.
/// </summary>
public static class RedisRegistration
{
    private const string Counters = "counters";
    private const string PresencePort = "presence";
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Adds <see cref="IRateLimiter"/>.</summary>
    public static IServiceCollection AddRedisCounters(this IServiceCollection services)
    {
        services.AddRedisShared().AddSingleton(static provider => new RedisRateLimiter(
            Circuit(provider, Counters),
            Keys(provider),
            new InMemoryRateLimiter(
                provider.GetRequiredService<TimeProvider>(),
                new InMemoryOptions { MaxRateLimitKeys = Options(provider).FallbackRateLimitKeys })));
        services.AddSingleton<IRateLimiter>(static provider => provider.GetRequiredService<RedisRateLimiter>());
        return services.AddCheck(
            Counters, static provider => new RedisCountersHealth(provider.GetRequiredService<RedisRateLimiter>()));
    }

    /// <summary>Adds <see cref="IPresence"/>.</summary>
    public static IServiceCollection AddRedisPresence(this IServiceCollection services)
    {
        services.AddRedisShared().AddSingleton(static provider => new RedisPresence(
            Circuit(provider, PresencePort), Keys(provider), Options(provider)));
        services.AddSingleton<IPresence>(static provider => provider.GetRequiredService<RedisPresence>());
        return services.AddCheck(
            PresencePort, static provider => new RedisPresenceHealth(provider.GetRequiredService<RedisPresence>()));
    }

    /// <summary>Adds <see cref="IRealtimeBus"/>.</summary>
    public static IServiceCollection AddRedisRealtime(this IServiceCollection services)
    {
        services.AddRedisShared().AddSingleton(static provider => new RedisRealtimeBus(
            provider.GetRequiredService<IConnectionMultiplexer>(),
            Circuit(provider, RedisRealtimeBus.Port),
            Keys(provider),
            Options(provider),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RedisMetrics>(),
            provider.GetRequiredService<ILogger<RedisRealtimeBus>>()));
        services.AddSingleton<IRealtimeBus>(static provider => provider.GetRequiredService<RedisRealtimeBus>());
        services.AddSingleton<IEngineStart>(static provider => new BusAgreementStart(
            provider.GetRequiredService<RedisRealtimeBus>(), Options(provider)));
        return services.AddCheck(
            RedisRealtimeBus.Port, static provider => new RedisRealtimeHealth(provider.GetRequiredService<RedisRealtimeBus>()));
    }

    private static RedisCircuit Circuit(IServiceProvider provider, string port) => new(
        port,
        provider.GetRequiredService<IConnectionMultiplexer>(),
        Options(provider),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<RedisMetrics>(),
        provider.GetRequiredService<ILogger<RedisCircuit>>());

    private static RedisOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<RedisOptions>>().Value;

    private static RedisKeys Keys(IServiceProvider provider) => new(Options(provider).Prefix);

    private static IServiceCollection AddCheck(this IServiceCollection services, string name, Func<IServiceProvider, IHealthCheck> check)
    {
        services.AddHealthChecks().Add(
            new HealthCheckRegistration(name, check, failureStatus: null, tags: null, timeout: HealthTimeout));
        return services;
    }

    private static IServiceCollection AddRedisShared(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<RedisMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEngineStart, RedisStart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExamination, RedisExamination>(static provider => new RedisExamination(
            provider.GetRequiredService<IConnectionMultiplexer>, provider.GetRequiredService<TimeProvider>())));
        services.AddOptions<RedisOptions>().BindConfiguration(RedisOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisOptions>, RedisOptionsValidation>());
        return services;
    }
}

/// <summary>Refuses options that make no sense, at start.</summary>
internal sealed class RedisOptionsValidation : IValidateOptions<RedisOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RedisOptions options) =>
        options.FindFault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
