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
public sealed class MongoUnderTest(Action<MongoOptions>? configure = null) : ProviderUnderTest
{
    // A busy machine may take its time; what the bounds do has tests of its own.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public MongoWireServer Server { get; } = MongoWireServer.Start();

    /// <summary>One more node on the same data.</summary>
    public Task<ServiceProvider> OpenNodeAsync(TimeProvider clock) => OpenNodeAsync(Server.ConnectionString, clock, options =>
    {
        options.ReadTimeout = options.WriteTimeout = options.ServerTimeout = Patience;
        configure?.Invoke(options);
    });

    public static async Task<ServiceProvider> OpenNodeAsync(
        string connectionString, TimeProvider clock, Action<MongoOptions>? configure)
    {
        var provider = Build(connectionString, clock, configure);
        await provider.OpenEnginesAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    /// <summary>The same, not opened.</summary>
    public static ServiceProvider Build(string connectionString, TimeProvider clock, Action<MongoOptions>? configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:mongodb", connectionString)]);
        builder.AddMongoDriverClient();
        return builder.Services
            .AddLogging()
            .AddSingleton<IConfiguration>(builder.Configuration)
            .AddSingleton(clock)
            .AddMongoDocuments()
            .Configure<MongoOptions>(options => configure?.Invoke(options))
            .BuildServiceProvider();
    }

    protected override Task<ServiceProvider> StartAsync(TimeProvider clock) => OpenNodeAsync(clock);

    protected override ValueTask RemoveAsync() => Server.DisposeAsync();
}
