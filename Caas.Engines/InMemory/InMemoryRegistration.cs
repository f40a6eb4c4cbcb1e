using Caas.Domain.Events;
using Caas.Domain.Policies;
using Caas.Domain.Presence;
using Caas.Engines.InMemory.Presence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Caas.Engines.InMemory;

/// <summary>Registers what the embedded mode keeps in the memory of its one process.</summary>
public static class InMemoryRegistration
{
    /// <summary>Adds <see cref="IRealtimeBus"/>, with <see cref="InMemoryOptions"/> from <c>Caas:InMemory</c>.</summary>
    public static IServiceCollection AddInMemoryRealtime(this IServiceCollection services) =>
        services.AddInMemoryOptions().AddSingleton<IRealtimeBus>(static provider => new InMemoryRealtimeBus(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<InMemoryOptions>>().Value,
            provider.GetRequiredService<ILogger<InMemoryRealtimeBus>>()));

    /// <summary>Adds <see cref="IRateLimiter"/>, with <see cref="InMemoryOptions"/> from <c>Caas:InMemory</c>.</summary>
    public static IServiceCollection AddInMemoryCounters(this IServiceCollection services) =>
        services.AddInMemoryOptions().AddSingleton<IRateLimiter>(static provider => new InMemoryRateLimiter(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<InMemoryOptions>>().Value));

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
