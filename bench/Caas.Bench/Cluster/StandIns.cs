using System.CommandLine;
using Caas.Bench.Processes;
using Caas.Domain.Events;
using Caas.Engines.LocalRegistry;
using Caas.Tests.Support;
using Caas.Tests.Support.MongoWireServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Caas.Bench.Cluster;

/// <summary>The stand-ins as a process of their own, so that what they take is neither the product's nor the driver's.</summary>
internal static class StandIns
{
    public const string CommandName = "stand-ins";
    public const string Kafka = "kafka";

    private const string Mongo = "mongodb";
    private const string SchemaRegistry = "schemaregistry";
    private const int Partitions = 3;

    /// <summary>The engines that have one, by the names of their connection strings.</summary>
    public static IReadOnlyList<string> All => [Mongo, Kafka, SchemaRegistry];

    /// <summary>Serves those that are named until it is killed. Printed: each with its address.</summary>
    public static Command Command()
    {
        var engines = new Argument<string[]>("engines") { Description = "Which." };
        var command = new Command(CommandName, "Serve the tests' stand-ins of engines, for runs with --cluster.") { engines };
        command.Hidden = true;
        command.SetAction((parse, cancellationToken) => ServeAsync(parse.GetValue(engines)!, cancellationToken));
        return command;
    }

    private static async Task ServeAsync(string[] engines, CancellationToken cancellationToken)
    {
        if (!MockKafka.IsSupported)
        {
            throw new BenchException("The mock of Kafka needs Linux.");
        }

        using var folder = new TemporaryFolder();
        await using var mongo = MongoWireServer.Start();
        using var kafka = MockKafka.Start();
        foreach (var topic in Topics.All)
        {
            kafka.CreateTopic(topic, Partitions);
        }

        await using var registry = Registry(folder.Path);
        await registry.StartAsync(cancellationToken);
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Mongo] = mongo.ConnectionString,
            [Kafka] = kafka.Bootstrap,
            [SchemaRegistry] = registry.Urls.Single(),
        };
        foreach (var engine in engines)
        {
            await Console.Out.WriteLineAsync($"{engine}: {addresses[engine]}");
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    private static WebApplication Registry(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddLocalSchemaRegistry(folder);
        var app = builder.Build();
        app.MapLocalSchemaRegistry();
        return app;
    }
}
