using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Receipts;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using Caas.Engines.Doctor;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Applications;
using Caas.Engines.Mongo.Clients;
using Caas.Engines.Mongo.Conversations;
using Caas.Engines.Mongo.Doctor;
using Caas.Engines.Mongo.Events;
using Caas.Engines.Mongo.Idempotency;
using Caas.Engines.Mongo.Keys;
using Caas.Engines.Mongo.Members;
using Caas.Engines.Mongo.Messages;
using Caas.Engines.Mongo.Receipts;
using Caas.Engines.Mongo.Storage;
using Caas.Engines.Mongo.Tokens;
using Caas.Engines.Mongo.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Caas.Engines.Mongo;

/// <summary>The document engine of the cluster: one MongoDB database for the platform and one for each client.</summary>
public static class MongoEngine
{
    /// <summary>The name of the connection: <c>ConnectionStrings:mongodb</c>.</summary>
    public const string ConnectionName = "mongodb";

    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Registers every port of the documents as singletons, over the client that <see cref="MongoDriverClient"/> registers.
    /// The host opens the engine before the first use; disposing the provider writes what is queued.
    /// </summary>
    public static IServiceCollection AddMongoDocuments(this IServiceCollection services) => services
        .AddKernel()
        .AddClientStores()
        .AddRelay()
        .AddPlatformStores();

    private static IServiceCollection AddKernel(this IServiceCollection services)
    {
        services.AddOptions<MongoOptions>().BindConfiguration(MongoOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MongoOptions>, OptionsValidation>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IIdSource, ClockIdSource>();
        services.AddMetrics();
        services.AddMongoDefaults();
        services.AddSingleton<MongoSchema>();
        services.AddSingleton<MongoPlacements>();
        services.AddSingleton<MongoDatabases>();
        services.AddSingleton<StorageState>();
        services.AddSingleton<MongoReads>();
        services.AddSingleton<MongoWrites>();
        services.AddSingleton<MongoTransactions>();
        services.AddSingleton(static provider =>
        {
            var queues = ActivatorUtilities.CreateInstance<WriteQueues>(provider);
            provider.GetRequiredService<MongoMetrics>().Observe(queues);
            return queues;
        });
        services.AddSingleton<ClientLog>();
        services.AddSingleton<MongoDocuments>();
        services.AddSingleton<IEngineStart>(static provider => provider.GetRequiredService<MongoDocuments>());
        services.AddHealthChecks().AddCheck<MongoDocuments>("documents", timeout: HealthTimeout);
        services.AddSingleton<IExamination>(static provider => new MongoExamination(
            provider.GetRequiredService<MongoDatabases>, provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>What the client's registration needs too; registered once, whichever comes first.</summary>
    internal static IServiceCollection AddMongoDefaults(this IServiceCollection services)
    {
        services.TryAddSingleton<MongoMetrics>();
        services.TryAddSingleton<MongoClientDefaults>();
        return services;
    }

    private static IServiceCollection AddClientStores(this IServiceCollection services) => services
        .AddSingleton<IConversationLog, MongoConversationLog>()
        .AddSingleton<IConversationReader, MongoConversationReader>()
        .AddSingleton<IMemberReader, MongoMemberReader>()
        .AddSingleton<ProofReader>()
        .AddSingleton<IMessageReader, MongoMessageReader>()
        .AddSingleton<IReadPositions, MongoReadPositions>()
        .AddSingleton<IChangeReader, MongoChangeReader>()
        .AddSingleton<IIdempotencyStore, MongoIdempotencyStore>()
        .AddSingleton<UserWriter>()
        .AddSingleton<IUserStore, MongoUserStore>()
        .AddSingleton<IErasureReader, MongoErasureReader>()
        .AddSingleton<ISessionStore, MongoSessionStore>();

    private static IServiceCollection AddRelay(this IServiceCollection services) => services
        .AddSingleton<RelayHints>()
        .AddSingleton<RelayLease>()
        .AddSingleton<ChangeTail>()
        .AddSingleton<RelaySaver>()
        .AddSingleton<RelayLoop>()
        .AddSingleton<IOutbox, MongoOutbox>();

    private static IServiceCollection AddPlatformStores(this IServiceCollection services) => services
        .AddSingleton<PlatformWriter>()
        .AddSingleton<ClientWriter>()
        .AddSingleton<IClientStore, MongoClientStore>()
        .AddSingleton<IApplicationStore, MongoApplicationStore>()
        .AddSingleton<IApiKeyStore, MongoApiKeyStore>()
        .AddSingleton<IPlatformSecrets, MongoPlatformSecrets>()
        .AddSingleton<ISigningKeyStore, MongoSigningKeyStore>()
        .AddSingleton<IRevocationLog, MongoRevocationLog>()
        .AddSingleton<IDeadLetterStore, MongoDeadLetterStore>();

    private sealed class OptionsValidation : IValidateOptions<MongoOptions>
    {
        public ValidateOptionsResult Validate(string? name, MongoOptions options) =>
            options.Validate().ToArray() is { Length: > 0 } found ? ValidateOptionsResult.Fail(found) : ValidateOptionsResult.Success;
    }
}
