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

    /// <summary>Further deployments, by their names.</summary>
    public Dictionary<string, MongoWireServer> Placements { get; init; } = [];

    /// <summary>One more node on the same data.</summary>
    public Task<ServiceProvider> OpenNodeAsync(TimeProvider clock) => OpenAsync(Build(clock));

    /// <summary>One over another deployment.</summary>
    public static Task<ServiceProvider> OpenNodeAsync(
        string connectionString, TimeProvider clock, Action<MongoOptions>? configure, params (string Name, string Connection)[] placements) =>
        OpenAsync(Build(connectionString, clock, configure, placements));

    /// <summary>The same, not opened.</summary>
    public static ServiceProvider Build(
        string connectionString, TimeProvider clock, Action<MongoOptions>? configure, params (string Name, string Connection)[] placements)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:mongodb", connectionString),
            .. placements.Select(static placement =>
                new KeyValuePair<string, string?>($"ConnectionStrings:mongodb_{placement.Name}", placement.Connection)),
        ]);
        builder.AddMongoDriverClient();
        return builder.Services
            .AddLogging()
            .AddSingleton<IConfiguration>(builder.Configuration)
            .AddSingleton(clock)
            .AddMongoDocuments()
            .Configure<MongoOptions>(options => configure?.Invoke(options))
            .BuildServiceProvider();
    }

    protected override ServiceProvider Build(TimeProvider clock) => Build(
        Server.ConnectionString,
        clock,
        options =>
        {
            options.ReadTimeout = options.WriteTimeout = options.ServerTimeout = Patience;
            configure?.Invoke(options);
        },
        [.. Placements.Select(static placement => (placement.Key, placement.Value.ConnectionString))]);

    protected override async ValueTask RemoveAsync()
    {
        await Server.DisposeAsync();
        foreach (var server in Placements.Values)
        {
            await server.DisposeAsync();
        }
    }

    private static async Task<ServiceProvider> OpenAsync(ServiceProvider provider)
    {
        await provider.OpenEnginesAsync(TestContext.Current.CancellationToken);
        return provider;
    }
}
