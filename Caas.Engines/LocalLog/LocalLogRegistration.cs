using Caas.Domain.Events;
using Caas.Engines.Backup;
using Caas.Engines.Doctor;
using Caas.Engines.LocalLog.Doctor;
using Caas.Engines.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Caas.Engines.LocalLog;

/// <summary>Registers the embedded event stream.</summary>
public static class LocalLogRegistration
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Adds <see cref="IEventStream"/> and <see cref="IStreamStatus"/> over <c>caas_events.db</c> in this folder, with
    /// <see cref="LocalLogOptions"/> from <c>Caas:LocalLog</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="dataPath">The data folder; made where there is none.</param>
    public static IServiceCollection AddLocalLog(this IServiceCollection services, string dataPath)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<LocalLogOptions>().BindConfiguration(LocalLogOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LocalLogOptions>, LocalLogOptionsValidation>());
        services.AddMetrics().TryAddSingleton<LocalLogMetrics>();
        services.AddSingleton(provider => new LocalEventStream(
            dataPath,
            provider.GetRequiredService<IOptions<LocalLogOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<LocalLogMetrics>(),
            provider.GetRequiredService<ILogger<LocalEventStream>>()));
        services.AddSingleton<IEventStream>(static provider => provider.GetRequiredService<LocalEventStream>());
        services.AddSingleton<IStreamStatus>(static provider => provider.GetRequiredService<LocalEventStream>());
        services.AddSingleton<IStorageStatus>(new LocalStorageStatus(dataPath));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "events",
            static provider => new LocalLogHealth(provider.GetRequiredService<LocalEventStream>()),
            failureStatus: null,
            tags: null,
            timeout: HealthTimeout));
        services.AddSingleton<IExamination>(new NumberedFileExamination("event stream", Path.Combine(dataPath, DataFiles.Events), LogFile.Scripts));
        return services.AddDataFolderExamination();
    }
}

/// <summary>Refuses limits that make no sense, at start.</summary>
internal sealed class LocalLogOptionsValidation : IValidateOptions<LocalLogOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LocalLogOptions options) =>
        options.FindFault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
