using Caas.Consumers;
using Caas.Engines;
using Caas.Http.Hosting;
using Caas.ServiceDefaults;

return await new ServiceHost(new HostPlan
{
    Name = "consumers",
    Clock = new ForwardClock(TimeProvider.System),
    Sides = [new SideListener("metrics", MetricsOptions.Section, new MetricsOptions().Port, static side => side.UseMetrics())],
    Add = static builder => builder.AddServiceDefaults().AddSharedEngines().Services.AddConsumers(),
    OpenAsync = EngineRegistration.OpenEnginesAsync,
    Map = static app => app.MapDefaultEndpoints(),
}).RunAsync(args, CancellationToken.None);
