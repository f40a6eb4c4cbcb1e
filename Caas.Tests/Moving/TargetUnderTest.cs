using Caas.Engines;
using Caas.Engines.Migration;
using Caas.Engines.Mongo.Storage;
using Caas.Engines.Sqlite.Migration;
using Caas.Tests.Contracts;
using Caas.Tests.Engines.Mongo;
using Caas.Tests.Engines.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Caas.Tests.Moving;

/// <summary>A store that a deployment is moved to, and then serves from.</summary>
public interface ITargetUnderTest : IAsyncDisposable
{
    /// <summary>The engine that serves from it.</summary>
    IDocumentEngine Engine { get; }

    /// <summary>The target, as another run of the command finds it.</summary>
    internal IMoveTarget Open(TimeProvider clock);
}

/// <summary>A folder.</summary>
public sealed class FolderUnderTest : ITargetUnderTest
{
    private readonly SqliteUnderTest _engine = new();

    public IDocumentEngine Engine => _engine;

    IMoveTarget ITargetUnderTest.Open(TimeProvider clock) => new FolderTarget(_engine.Folder, clock);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}

/// <summary>MongoDB's wire protocol.</summary>
public sealed class ClusterUnderTest : ITargetUnderTest
{
    private readonly MongoUnderTest _engine = new();

    public IDocumentEngine Engine => _engine;

    IMoveTarget ITargetUnderTest.Open(TimeProvider clock)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:mongodb", _engine.Server.ConnectionString)]);
        var services = builder.Services.AddLogging().AddSingleton<IConfiguration>(builder.Configuration).AddSingleton(clock);
        builder.AddMoveTarget(folder: null);
        services.Configure<MongoOptions>(static options => options.ServerTimeout = TimeSpan.FromSeconds(20));
        return services.BuildServiceProvider().GetRequiredService<IMoveTarget>();
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
