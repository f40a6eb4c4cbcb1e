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
using Caas.Engines.Sqlite.Applications;
using Caas.Engines.Sqlite.Clients;
using Caas.Engines.Sqlite.Conversations;
using Caas.Engines.Sqlite.Doctor;
using Caas.Engines.Sqlite.Events;
using Caas.Engines.Sqlite.Idempotency;
using Caas.Engines.Sqlite.Keys;
using Caas.Engines.Sqlite.Members;
using Caas.Engines.Sqlite.Messages;
using Caas.Engines.Sqlite.Receipts;
using Caas.Engines.Sqlite.Storage;
using Caas.Engines.Sqlite.Tokens;
using Caas.Engines.Sqlite.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Caas.Engines.Sqlite;

/// <summary>The document engine of the embedded mode: one SQLite file for the platform and one for each client.</summary>
public static class SqliteEngine
{
    /// <summary>
    /// Registers every port of the documents as singletons. The host calls <see cref="SqliteDocuments.OpenAsync"/> before
    /// the first use; disposing the provider writes what is queued and closes the files.
    /// </summary>
    public static IServiceCollection AddSqliteDocuments(this IServiceCollection services) => services
        .AddKernel()
        .AddClientStores()
        .AddPlatformStores();

    /// <summary>What every engine has that keeps files in the data folder; registered once.</summary>
    internal static IServiceCollection AddDataFolderExamination(this IServiceCollection services)
    {
        services.AddOptions<DataOptions>().BindConfiguration(DataOptions.Section);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IExamination, DataFolderExamination>());
        return services;
    }

    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(3);

    private static IServiceCollection AddKernel(this IServiceCollection services)
    {
        services.AddOptions<DataOptions>().BindConfiguration(DataOptions.Section).ValidateOnStart();
        services.AddOptions<SqliteOptions>().BindConfiguration(SqliteOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DataOptions>, DataOptionsValidation>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SqliteOptions>, SqliteOptionsValidation>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IIdSource, ClockIdSource>();
        services.TryAddSingleton(static provider => new DataFolder(
            provider.GetRequiredService<IOptions<DataOptions>>().Value.Path, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => new RelaySources(
            provider.GetRequiredService<IOptions<SqliteOptions>>().Value.WriterThreads,
            provider.GetRequiredService<TimeProvider>()));
        services.AddMetrics().TryAddSingleton<SqliteMetrics>();
        services.TryAddSingleton<DatabaseSet>();
        services.TryAddSingleton(static provider => new SqliteDocuments(provider.GetRequiredService<DatabaseSet>()));
        services.AddSingleton<IEngineStart>(static provider => provider.GetRequiredService<SqliteDocuments>());
        services.AddHealthChecks().AddCheck<SqliteDocuments>("documents", timeout: HealthTimeout);
        services.TryAddSingleton<ClientLog>();
        services.AddSingleton<IExamination, SqliteExamination>();
        return services.AddDataFolderExamination();
    }

    private static IServiceCollection AddClientStores(this IServiceCollection services) => services
        .AddSingleton<IConversationLog, SqliteConversationLog>()
        .AddSingleton<IConversationReader, SqliteConversationReader>()
        .AddSingleton<IMemberReader, SqliteMemberReader>()
        .AddSingleton<IMessageReader, SqliteMessageReader>()
        .AddSingleton<IReadPositions, SqliteReadPositions>()
        .AddSingleton<IChangeReader, SqliteChangeReader>()
        .AddSingleton<IOutbox, SqliteOutbox>()
        .AddSingleton<IIdempotencyStore, SqliteIdempotencyStore>()
        .AddSingleton<UserWriter>()
        .AddSingleton<IUserStore, SqliteUserStore>()
        .AddSingleton<IErasureReader, SqliteErasureReader>()
        .AddSingleton<ISessionStore, SqliteSessionStore>();

    private static IServiceCollection AddPlatformStores(this IServiceCollection services) => services
        .AddSingleton<PlatformWriter>()
        .AddSingleton<IClientStore, SqliteClientStore>()
        .AddSingleton<IApplicationStore, SqliteApplicationStore>()
        .AddSingleton<IApiKeyStore, SqliteApiKeyStore>()
        .AddSingleton<IPlatformSecrets, SqlitePlatformSecrets>()
        .AddSingleton<ISigningKeyStore, SqliteSigningKeyStore>()
        .AddSingleton<IRevocationLog, SqliteRevocationLog>()
        .AddSingleton<IDeadLetterStore, SqliteDeadLetterStore>();

    private sealed class DataOptionsValidation : IValidateOptions<DataOptions>
    {
        public ValidateOptionsResult Validate(string? name, DataOptions options) => Of(options.Validate());
    }

    private sealed class SqliteOptionsValidation : IValidateOptions<SqliteOptions>
    {
        public ValidateOptionsResult Validate(string? name, SqliteOptions options) => Of(options.Validate());
    }

    private static ValidateOptionsResult Of(IEnumerable<string> failures) =>
        failures.ToArray() is { Length: > 0 } found ? ValidateOptionsResult.Fail(found) : ValidateOptionsResult.Success;
}
