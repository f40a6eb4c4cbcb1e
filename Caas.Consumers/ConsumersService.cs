using Caas.Consumers.Delivery;
using Caas.Consumers.Relay;
using Caas.Consumers.Streams;
using Caas.Consumers.Users;
using Caas.Domain.Events;
using Caas.Domain.Users;

namespace Caas.Consumers;

/// <summary>What happens after the fact: the relay, and a consumer group for each thing that follows from an event.</summary>
public static class ConsumersService
{
    /// <summary>The sources of this service's activities.</summary>
    public static IReadOnlyList<string> ActivitySources { get; } =
        [ChangeRelay.ActivitySourceName, DeliveryHandler.ActivitySourceName];

    /// <summary>Registers the service; the engines and the clock are the host's.</summary>
    public static IServiceCollection AddConsumers(this IServiceCollection services) => services
        .AddHostedService<ChangeRelay>()
        .AddSingleton<DeadLetterWriter>()
        .AddSingleton<UserErasure>()
        .AddConsumer<DeliveryHandler>()
        .AddConsumer<UserErasureHandler>();

    private static IServiceCollection AddConsumer<THandler>(this IServiceCollection services)
        where THandler : class, IStreamHandler
    {
        services.AddSingleton<THandler>();

        // Not AddHostedService, which would take the second consumer for the first again: they are of one type.
        return services.AddSingleton<IHostedService>(provider => new StreamConsumer(
            provider.GetRequiredService<THandler>(),
            provider.GetRequiredService<IEventStream>(),
            provider.GetRequiredService<DeadLetterWriter>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StreamConsumer>>()));
    }
}
