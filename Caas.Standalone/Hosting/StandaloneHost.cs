using Caas.Consumers;
using Caas.Engines;
using Caas.Engines.LocalRegistry;
using Caas.Gateway;
using Caas.Http;
using Caas.Http.Hosting;
using Caas.Messaging;
using Caas.ServiceDefaults;

namespace Caas.Standalone.Hosting;

/// <summary>The three services in one process over the embedded engines, or over those that are configured.</summary>
internal static class StandaloneHost
{
    /// <summary>The process.</summary>
    public static ServiceHost Create() => new(new HostPlan
    {
        Name = "caas",
        Clock = new ForwardClock(TimeProvider.System),
        MakesPlatformKey = true,
        Sides =
        [
            new SideListener("metrics", MetricsOptions.Section, new MetricsOptions().Port, static side => side.UseMetrics()),
            new SideListener("schema-registry", SchemaRegistryOptions.Section, new SchemaRegistryOptions().Port, MapRegistry),
        ],
        Add = static builder => builder.AddServiceDefaults().AddEngines().Services
            .AddGateway()
            .AddMessaging()
            .AddConsumers(),
        OpenAsync = EngineRegistration.OpenEnginesAsync,
        Map = Map,
        Greet = Welcome.Write,
    });

    private static void Map(WebApplication app)
    {
        app.UseApi();
        app.MapDefaultEndpoints();
        app.MapGateway();
        app.MapMessaging();
    }

    private static void MapRegistry(IApplicationBuilder side) => side
        .UseRouting()
        .UseEndpoints(routes => routes.MapLocalSchemaRegistry());
}
