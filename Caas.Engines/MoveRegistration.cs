using Caas.Domain.Ids;
using Caas.Engines.Migration;
using Caas.Engines.Mongo;
using Caas.Engines.Mongo.Migration;
using Caas.Engines.Sqlite.Migration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Caas.Engines;

/// <summary>Registers where a deployment is moved to: the documents of a cluster, as its services find them, or a folder.</summary>
public static class MoveRegistration
{
    /// <summary>Registers the target.</summary>
    /// <param name="builder">Has the configuration that a service of the cluster would have.</param>
    /// <param name="folder">The folder to move to; null for the cluster.</param>
    /// <exception cref="EngineStartException">The configured engine is none that a deployment is moved to.</exception>
    public static IHostApplicationBuilder AddMoveTarget(this IHostApplicationBuilder builder, string? folder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<IIdSource, ClockIdSource>();
        if (folder is not null)
        {
            builder.Services.AddSingleton<IMoveTarget>(provider => new FolderTarget(folder, provider.GetRequiredService<TimeProvider>()));
            return builder;
        }

        var options = builder.Configuration.GetSection(EngineOptions.Section).Get<EngineOptions>() ?? new EngineOptions();
        if (options.Documents is not (null or "mongo"))
        {
            throw new EngineStartException(
                $"{EngineOptions.Section}:{nameof(EngineOptions.Documents)}: a deployment is moved to mongo, or with --to-folder to a folder.");
        }

        builder.AddMongoDriverClient().Services.AddMongoDocuments().AddMongoMoveTarget();
        return builder;
    }

    /// <summary>The move of a folder's deployment to the target that is registered.</summary>
    /// <param name="services">The registered services.</param>
    /// <param name="folder">The data folder that is moved.</param>
    /// <param name="report">Hears of each step; called by one thread at a time.</param>
    public static MoveDeployment CreateMove(this IServiceProvider services, string folder, Action<MoveStep> report)
    {
        var clock = services.GetRequiredService<TimeProvider>();
        return new MoveDeployment(
            new SourceFolder(folder, clock), services.GetRequiredService<IMoveTarget>(), services.GetRequiredService<IIdSource>(), clock, report);
    }

    internal static IServiceCollection AddMongoMoveTarget(this IServiceCollection services) => services
        .AddSingleton<TargetWrites>()
        .AddSingleton<ArrivalDocuments>()
        .AddSingleton<IMoveTarget, MongoTarget>();
}
