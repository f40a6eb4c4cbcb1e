using Caas.Domain.Applications;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Policies;
using Caas.Domain.Receipts;
using Caas.Http;
using Caas.Messaging.Conversations;
using Caas.Messaging.Events;
using Caas.Messaging.Members;
using Caas.Messaging.Messages;
using Caas.Messaging.Realtime;
using Caas.Messaging.Receipts;
using Caas.SocketIO;
using Microsoft.Extensions.DependencyInjection.Extensions;

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
        routes.MapConversations().MapMembers().MapMessages().MapReceipts().MapSync();
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
        services.AddSingleton<AddMember>();
        services.AddSingleton<SendMessage>();
        services.AddSingleton<ListMessages>();
        services.AddSingleton<MarkRead>();
        services.AddSingleton<EphemeralEvents>();
        services.AddSingleton<SyncChanges>();
        return services;
    }

    private static IServiceCollection AddRealtime(this IServiceCollection services)
    {
        services.AddSocketIO<ChatSocketHandler>();
        services.AddOptions<SocketIOOptions>().Configure<IApplicationStore>((options, applications) =>
        {
            options.IsOriginAllowed = applications.IsOriginListedAsync;
            options.SlowFarewell = SessionMessages.Ended("slow");
        });
        services.AddSingleton<RealtimeNode>();
        services.AddSingleton<SocketCommands>();
        services.AddSingleton<ISocketCommand, SendMessageCommand>();
        services.AddSingleton<ISocketCommand, MarkReadCommand>();
        services.AddSingleton<ISocketCommand, SyncCommand>();
        services.AddSingleton<ISocketCommand, TokenRefreshCommand>();
        services.AddHostedService<NodeLifetime>();
        services.AddHostedService<SessionSweep>();
        return services;
    }
}
