using Caas.Engines.Sqlite;
using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Engines.Sqlite;

/// <summary>The SQLite engine on a folder of its own, which is removed at the end.</summary>
public sealed class SqliteUnderTest(Action<SqliteOptions>? configure = null) : ProviderUnderTest
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("caas-sqlite-").FullName;

    protected override ServiceProvider Build(TimeProvider clock) => new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton(clock)
        .AddSqliteDocuments()
        .Configure<DataOptions>(options => options.Path = Folder)
        .Configure<SqliteOptions>(options => configure?.Invoke(options))
        .BuildServiceProvider();

    protected override ValueTask RemoveAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return default;
    }
}
