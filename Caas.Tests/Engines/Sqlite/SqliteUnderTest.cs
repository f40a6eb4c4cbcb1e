using Caas.Engines.Sqlite;
using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Engines.Sqlite;

/// <summary>The SQLite engine on a folder of its own, which is removed at the end.</summary>
public sealed class SqliteUnderTest(Action<SqliteOptions>? configure = null) : IDocumentEngine
{
    private ServiceProvider? _provider;

    public string Folder { get; } = Directory.CreateTempSubdirectory("caas-sqlite-").FullName;

    public async Task<IServiceProvider> OpenAsync(TimeProvider clock)
    {
        _provider = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(clock)
            .AddSqliteDocuments()
            .Configure<DataOptions>(options => options.Path = Folder)
            .Configure<SqliteOptions>(options => configure?.Invoke(options))
            .BuildServiceProvider();
        await _provider.GetRequiredService<SqliteDocuments>().OpenAsync(TestContext.Current.CancellationToken);
        return _provider;
    }

    public async Task CloseAsync()
    {
        if (_provider is not null)
        {
            await _provider.DisposeAsync();
            _provider = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
