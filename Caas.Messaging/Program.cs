using Caas.Engines;
using Caas.Http;
using Caas.Http.Description;
using Caas.Http.Hosting;
using Caas.Messaging;
using Caas.ServiceDefaults;

return await new ServiceHost(new HostPlan
{
    Name = "messaging",
    Clock = new ForwardClock(TimeProvider.System),
    Sides = [new SideListener("metrics", MetricsOptions.Section, new MetricsOptions().Port, static side => side.UseMetrics())],
    Add = static builder => builder.AddServiceDefaults().AddSharedEngines().Services.AddMessaging().AddDescription(),
    OpenAsync = EngineRegistration.OpenEnginesAsync,
    Map = static app =>
    {
        app.UseApi();
        app.MapDefaultEndpoints();
        app.MapMessaging().MapDescription();
    },
}).RunAsync(args, CancellationToken.None);
