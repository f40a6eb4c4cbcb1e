using Caas.Consumers.DeadLetters;
using Caas.Consumers.Delivery;
using Caas.Consumers.Notifications;
using Caas.Consumers.Relay;
using Caas.Consumers.Streams;
using Caas.Consumers.Users;
using Caas.Domain.Events;
using Caas.Domain.Users;
using Microsoft.Extensions.Options;

namespace Caas.Consumers;

/// <summary>What happens after the fact: the relay, and a consumer group for each thing that follows from an event.</summary>
public static class ConsumersService
{
    /// <summary>The sources of this service's activities.</summary>
    public static IReadOnlyList<string> ActivitySources { get; } =
        [ChangeRelay.ActivitySourceName, DeliveryHandler.ActivitySourceName];

    /// <summary>Registers the service; the engines and the clock are the host's.</summary>
    public static IServiceCollection AddConsumers(this IServiceCollection services) => services
        .AddSettings()
        .AddTools()
        .AddHostedService<ChangeRelay>()
        .AddWatches()
        .AddSingleton<UserErasure>()
        .AddConsumer<DeliveryHandler>()
        .AddConsumer<UserErasureHandler>()
        .AddConsumer<NewClientHandler>()
        .AddConsumer<NotificationLog>()
        .AddConsumer<DeadLetterHandler>()
        .AddReplays();

    private static IServiceCollection AddTools(this IServiceCollection services) => services
        .AddMetrics()
        .AddSingleton<ConsumerMetrics>()
        .AddSingleton<NotificationWriter>()
        .AddSingleton<DeadLetterWriter>()
        .AddSingleton<ConsumerTools>()
        .AddSingleton(static provider => provider.GetRequiredService<IOptions<ConsumersOptions>>().Value);

    private static IServiceCollection AddSettings(this IServiceCollection services)
    {
        services.AddOptions<ConsumersOptions>().BindConfiguration(ConsumersOptions.Section).ValidateOnStart();
        services.AddOptions<NotificationsOptions>().BindConfiguration(NotificationsOptions.Section).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<ConsumersOptions>>(
                new FaultValidation<ConsumersOptions>(static options => options.FindFault()))
            .AddSingleton<IValidateOptions<NotificationsOptions>>(
                new FaultValidation<NotificationsOptions>(static options => options.FindFault()));
    }

    private static IServiceCollection AddWatches(this IServiceCollection services)
    {
        services.AddHealthChecks();
        return services
            .AddSingleton<QuotaReader>()
            .AddHostedService<EngineWatch>()
            .AddHostedService<QuotaWatch>()
            .AddHostedService<DeadLetterWatch>();
    }

    private static IServiceCollection AddConsumer<THandler>(this IServiceCollection services)
        where THandler : class, IStreamHandler => services
        .AddSingleton<THandler>()
        .AddSingleton<IStreamHandler>(static provider => provider.GetRequiredService<THandler>())
        .AddConsumerOf<THandler>();

    // Not one of the handlers that it replays to.
    private static IServiceCollection AddReplays(this IServiceCollection services) => services
        .AddSingleton<ReplayHandler>()
        .AddConsumerOf<ReplayHandler>();

    // Not AddHostedService, which would take the second consumer for the first again: they are of one type.
    private static IServiceCollection AddConsumerOf<THandler>(this IServiceCollection services)
        where THandler : class, IStreamHandler => services
        .AddSingleton<IHostedService>(static provider => new StreamConsumer(
            provider.GetRequiredService<THandler>(),
            provider.GetRequiredService<IEventStream>(),
            provider.GetRequiredService<ConsumerTools>(),
            provider.GetRequiredService<ILogger<StreamConsumer>>()));

    // Refuses options that make no sense, at start.
    private sealed class FaultValidation<TOptions>(Func<TOptions, string?> findFault) : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options) =>
            findFault(options) is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
    }
}
