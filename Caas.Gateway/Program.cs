using Caas.Engines;
using Caas.Gateway;
using Caas.Gateway.Proxy;
using Caas.Http;
using Caas.Http.Hosting;
using Caas.ServiceDefaults;

return await new ServiceHost(new HostPlan
{
    Name = "gateway",
    Clock = new ForwardClock(TimeProvider.System),
    MakesPlatformKey = true,
    Sides = [new SideListener("metrics", MetricsOptions.Section, new MetricsOptions().Port, static side => side.UseMetrics())],
    Add = static builder => builder.AddServiceDefaults().AddSharedEngines().Services
        .AddGateway()
        .AddMessagingProxy(),
    OpenAsync = EngineRegistration.OpenEnginesAsync,
    Map = static app =>
    {
        app.UseApi();
        app.MapDefaultEndpoints();
        app.MapGateway().MapMessagingProxy();
    },
}).RunAsync(args, CancellationToken.None);
