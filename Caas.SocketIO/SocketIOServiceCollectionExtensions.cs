using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Caas.SocketIO;

/// <summary>Registers the server.</summary>
public static class SocketIOServiceCollectionExtensions
{
    /// <summary>
    /// Adds the one <see cref="SocketIOServer"/> of a process with its handler, a singleton. Uses the container's
    /// <see cref="TimeProvider"/> when there is one. The options are validated when the endpoint is mapped.
    /// </summary>
    public static IServiceCollection AddSocketIO<THandler>(
        this IServiceCollection services, Action<SocketIOOptions>? configure = null)
        where THandler : class, ISocketHandler
    {
        services.AddMetrics();
        services.AddOptions<SocketIOOptions>();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<THandler>();
        services.TryAddSingleton<ISocketHandler>(static provider => provider.GetRequiredService<THandler>());
        services.TryAddSingleton(static provider => new SocketPressure(
            provider.GetRequiredService<IOptions<SocketIOOptions>>().Value.BurstPatience, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(CreateServer);
        return services;
    }

    private static SocketIOServer CreateServer(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<SocketIOOptions>>().Value;
        options.Validate();
        return new SocketIOServer(new SocketServices(
            options,
            provider.GetRequiredService<ISocketHandler>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger(SocketIOMetrics.MeterName),
            new SocketIOMetrics(provider.GetRequiredService<IMeterFactory>()),
            provider.GetRequiredService<SocketPressure>()));
    }
}
