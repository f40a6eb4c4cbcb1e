using Caas.ServiceDefaults.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Caas.ServiceDefaults;

/// <summary>What every process gets: telemetry, health, resilient outgoing calls and service discovery.</summary>
public static class HostDefaults
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceName = "OTEL_SERVICE_NAME";
    private const string LiveTag = "live";

    // Every meter and activity source of the product begins so.
    private const string OwnPrefix = "Caas.";
    private const string OwnSources = OwnPrefix + "*";

    // Of the driver of the documents, which names it MongoTelemetry.ActivitySourceName.
    private const string MongoSource = "MongoDB.Driver";

    /// <summary>Registers all of it.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();
        builder.Services.AddCertificateWatch();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c> (ready: every check) and <c>/alive</c> (live: the process itself). Also outside development,
    /// because deployments probe them; they name engines, never addresses.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = HealthAnswer.WriteAsync });
        app.MapHealthChecks("/alive", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(LiveTag),
            ResponseWriter = HealthAnswer.WriteAsync,
        });
        return app;
    }

    /// <summary>Serves <c>/metrics</c> for Prometheus; on a listener of its own, for it asks for no credential.</summary>
    public static IApplicationBuilder UseMetrics(this IApplicationBuilder side) =>
        side.UseOpenTelemetryPrometheusScrapingEndpoint("/metrics");

    private static void ConfigureOpenTelemetry(this IHostApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => Name(resource, builder))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(OwnSources)
                .AddView(static instrument => HistogramBuckets.Of(instrument, OwnPrefix))
                .AddPrometheusExporter());
        if (string.IsNullOrWhiteSpace(builder.Configuration[OtlpEndpoint]))
        {
            // Nobody listens: activities still carry trace ids, and nothing is recorded.
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        telemetry
            .WithTracing(tracing => tracing
                .AddSource(builder.Environment.ApplicationName)
                .AddSource(OwnSources)
                .AddSource(MongoSource)
                .AddAspNetCoreInstrumentation(options => options.Filter = context =>
                    !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)
                    && !context.Request.Path.StartsWithSegments("/alive", StringComparison.Ordinal))
                .AddHttpClientInstrumentation()
                .AddProcessor(new BackgroundCalls()))
            .UseOtlpExporter();
        builder.Services.AddHostedService<TelemetryEnd>();
    }

    // Who deploys it may name it; otherwise it is what it is, and not one of many that are called "unknown".
    private static void Name(ResourceBuilder resource, IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[ServiceName]))
        {
            resource.AddService(builder.Environment.ApplicationName);
        }
    }

    private static void AddDefaultHealthChecks(this IHostApplicationBuilder builder) =>
        builder.Services.AddHealthChecks()
            .AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag])
            .Add(new HealthCheckRegistration(
                DrainCheck.Name,
                provider => new DrainCheck(provider.GetRequiredService<IHostApplicationLifetime>()),
                failureStatus: null,
                tags: null));
}
