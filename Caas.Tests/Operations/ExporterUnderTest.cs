using System.Diagnostics.Metrics;
using System.Net;
using Caas.ServiceDefaults;
using Caas.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Operations;

/// <summary>The exporter of every process, over instruments of the same names that were each used once.</summary>
internal static class ExporterUnderTest
{
    public static async Task<string> ScrapeAsync(IEnumerable<Instrument> instruments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.AddServiceDefaults();
        builder.Services.AddSingleton(TimeProvider.System);
        await using var app = builder.Build();
        app.UseMetrics();
        await app.StartAsync(SocketIOHost.Ct);
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        foreach (var instrument in instruments)
        {
            Use(meters.Create(instrument.Meter.Name), instrument);
        }

        return (await new ApiClient(new Uri(app.Urls.Single())).GetAsync("/metrics")).Text;
    }

    private static void Use(Meter meter, Instrument like)
    {
        var kind = like.GetType().GetGenericTypeDefinition();
        if (kind == typeof(Counter<>))
        {
            meter.CreateCounter<long>(like.Name, like.Unit).Add(1);
        }
        else if (kind == typeof(Histogram<>))
        {
            meter.CreateHistogram<double>(like.Name, like.Unit).Record(1);
        }
        else if (kind == typeof(ObservableGauge<>))
        {
            meter.CreateObservableGauge(like.Name, static () => 1, like.Unit);
        }
        else if (kind == typeof(ObservableUpDownCounter<>))
        {
            meter.CreateObservableUpDownCounter(like.Name, static () => 1, like.Unit);
        }
        else
        {
            throw new NotSupportedException($"{like.Name} is of a kind that nobody has used yet.");
        }
    }
}
