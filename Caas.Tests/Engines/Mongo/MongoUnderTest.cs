using Caas.Engines;
using Caas.Engines.Mongo;
using Caas.Engines.Mongo.Storage;
using Caas.Tests.Contracts;
using Caas.Tests.Support.MongoWireServer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Caas.Tests.Engines.Mongo;

/// <summary>The MongoDB engine over a server of the test's own, which speaks the protocol from memory.</summary>
public sealed class MongoUnderTest(Action<MongoOptions>? configure = null) : IDocumentEngine
{
    // A busy machine may take its time; what the bounds do has tests of its own.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private ServiceProvider? _provider;

    public MongoWireServer Server { get; } = MongoWireServer.Start();

    public async Task<IServiceProvider> OpenAsync(TimeProvider clock)
    {
        _provider = await OpenNodeAsync(clock);
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
        await Server.DisposeAsync();
    }

    /// <summary>One more node on the same data.</summary>
    public Task<ServiceProvider> OpenNodeAsync(TimeProvider clock) => OpenNodeAsync(Server.ConnectionString, clock, options =>
    {
        options.ReadTimeout = options.WriteTimeout = options.ServerTimeout = Patience;
        configure?.Invoke(options);
    });

    public static async Task<ServiceProvider> OpenNodeAsync(
        string connectionString, TimeProvider clock, Action<MongoOptions>? configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:mongodb", connectionString)]);
        builder.AddMongoDriverClient();
        var provider = builder.Services
            .AddLogging()
            .AddSingleton<IConfiguration>(builder.Configuration)
            .AddSingleton(clock)
            .AddMongoDocuments()
            .Configure<MongoOptions>(options => configure?.Invoke(options))
            .BuildServiceProvider();
        foreach (var engine in provider.GetServices<IEngineStart>())
        {
            await engine.OpenAsync(TestContext.Current.CancellationToken);
        }

        return provider;
    }
}
