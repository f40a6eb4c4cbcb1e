using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Policies;
using Caas.Domain.Presence;
using Caas.Domain.Reactions;
using Caas.Domain.Receipts;
using Caas.Http;
using Caas.Http.Cors;
using Caas.Messaging.Conversations;
using Caas.Messaging.Events;
using Caas.Messaging.Members;
using Caas.Messaging.Messages;
using Caas.Messaging.Presence;
using Caas.Messaging.Reactions;
using Caas.Messaging.Realtime;
using Caas.Messaging.Receipts;
using Caas.SocketIO;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Caas.Messaging;

/// <summary>The data plane: conversations, messages, receipts, sync and the sockets.</summary>
public static class MessagingService
{
    /// <summary>Registers the service; the engines and the clock are the host's.</summary>
    public static IServiceCollection AddMessaging(this IServiceCollection services) => services
        .AddCaasHttp()
        .AddApiJson(MessagingJson.Default)
        .AddUseCases()
        .AddRealtime();

    /// <summary>Maps its endpoints and the sockets.</summary>
    public static IEndpointRouteBuilder MapMessaging(this IEndpointRouteBuilder routes)
    {
        routes.MapConversations().MapMembers().MapMessages().MapReactions().MapReceipts().MapPresence().MapSync();
        routes.MapSocketIO("/socket.io/").DisableRequestTimeout();
        return routes;
    }

    private static IServiceCollection AddUseCases(this IServiceCollection services)
    {
        services.TryAddSingleton<IAuthorizer, BuiltInAuthorizer>();
        services.AddSingleton<MembershipCache>();
        services.AddSingleton<ConversationAccess>();
        services.AddSingleton<CreateConversation>();
        services.AddSingleton<ListConversations>();
        services.AddSingleton<UpdateConversation>();
        services.AddSingleton<DeleteConversation>();
        services.AddSingleton<ReadSequence>();
        services.AddSingleton<AddMember>();
        services.AddSingleton<UpdateMember>();
        services.AddSingleton<RemoveMember>();
        services.AddSingleton<SendMessage>();
        services.AddSingleton<ListMessages>();
        services.AddSingleton<MessageCommands>();
        services.AddSingleton<React>();
        services.AddSingleton<MarkRead>();
        services.AddSingleton<ListUnread>();
        services.AddSingleton<ReadPresence>();
        services.AddSingleton<EphemeralEvents>();
        services.AddSingleton<SyncChanges>();
        return services;
    }

    private static IServiceCollection AddRealtime(this IServiceCollection services)
    {
        services.AddSocketIO<ChatSocketHandler>();
        services.AddSocketOptions();
        services.AddMetrics().AddSingleton<RealtimeMetrics>();
        services.AddSingleton<RealtimeNode>();
        services.AddSingleton<PresenceNode>();
        services.AddSingleton<TypingNode>();
        services.AddSingleton<SocketCommands>();
        services.AddCommands();
        services.AddHostedService<NodeLifetime>();
        services.AddHostedService<SessionSweep>();
        return services;
    }

    // The socket server knows nothing of configuration: its options are read and checked here.
    private static void AddSocketOptions(this IServiceCollection services)
    {
        services.AddOptions<SocketIOOptions>()
            .BindConfiguration(SocketIOOptions.Section)
            .Configure<OriginPolicy>((options, origins) =>
            {
                options.IsOriginAllowed = origins.IsKnownAsync;
                options.SlowFarewell = SessionMessages.Ended("slow");
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<SocketIOOptions>, SocketOptionsValidation>();
    }

    private static IServiceCollection AddCommands(this IServiceCollection services)
    {
        services.AddSingleton<ISocketCommand, SendMessageCommand>();
        services.AddSingleton<ISocketCommand, EditMessageCommand>();
        services.AddSingleton<ISocketCommand, DeleteMessageCommand>();
        services.AddSingleton<ISocketCommand>(provider => ActivatorUtilities.CreateInstance<ReactionCommand>(provider, true));
        services.AddSingleton<ISocketCommand>(provider => ActivatorUtilities.CreateInstance<ReactionCommand>(provider, false));
        services.AddSingleton<ISocketCommand, MarkReadCommand>();
        services.AddSingleton<ISocketCommand>(provider => ActivatorUtilities.CreateInstance<TypingCommand>(provider, true));
        services.AddSingleton<ISocketCommand>(provider => ActivatorUtilities.CreateInstance<TypingCommand>(provider, false));
        services.AddSingleton<ISocketCommand, PresenceSetCommand>();
        services.AddSingleton<ISocketCommand, PresenceSubscribeCommand>();
        services.AddSingleton<ISocketCommand, SyncCommand>();
        services.AddSingleton<ISocketCommand, TokenRefreshCommand>();
        return services;
    }
}
