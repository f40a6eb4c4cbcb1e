using Caas.Domain.Events;
using Caas.Domain.Policies;
using Caas.Domain.Presence;
using Caas.Engines.InMemory.Presence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Caas.Engines.InMemory;

/// <summary>Registers what the embedded mode keeps in the memory of its one process.</summary>
public static class InMemoryRegistration
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Adds <see cref="IRealtimeBus"/>, with <see cref="InMemoryOptions"/> from <c>Caas:InMemory</c>.</summary>
    public static IServiceCollection AddInMemoryRealtime(this IServiceCollection services)
    {
        services.AddInMemoryOptions().AddSingleton(static provider => new InMemoryRealtimeBus(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<InMemoryOptions>>().Value,
            provider.GetRequiredService<ILogger<InMemoryRealtimeBus>>()));
        services.AddSingleton<IRealtimeBus>(static provider => provider.GetRequiredService<InMemoryRealtimeBus>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "realtime",
            static provider => new InMemoryRealtimeHealth(provider.GetRequiredService<InMemoryRealtimeBus>()),
            failureStatus: null,
            tags: null,
            timeout: HealthTimeout));
        return services;
    }

    /// <summary>Adds <see cref="IRateLimiter"/>, with <see cref="InMemoryOptions"/> from <c>Caas:InMemory</c>.</summary>
    public static IServiceCollection AddInMemoryCounters(this IServiceCollection services)
    {
        services.AddInMemoryOptions().AddSingleton<IRateLimiter>(static provider => new InMemoryRateLimiter(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<InMemoryOptions>>().Value));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "counters",
            static provider => new InMemoryCountersHealth(provider.GetRequiredService<IRateLimiter>()),
            failureStatus: null,
            tags: null,
            timeout: HealthTimeout));
        return services;
    }

    /// <summary>Adds <see cref="IPresence"/>.</summary>
    public static IServiceCollection AddInMemoryPresence(this IServiceCollection services) =>
        services.AddSingleton<IPresence, InMemoryPresence>();

    private static IServiceCollection AddInMemoryOptions(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<InMemoryOptions>().BindConfiguration(InMemoryOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<InMemoryOptions>, InMemoryOptionsValidation>());
        return services;
    }
}

/// <summary>Refuses limits that make no sense, at start.</summary>
internal sealed class InMemoryOptionsValidation : IValidateOptions<InMemoryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, InMemoryOptions options) =>
        options.FindFault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
