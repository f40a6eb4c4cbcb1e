using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Caas.ServiceDefaults;
using Caas.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Caas.Tests.Operations;

public sealed class TelemetryEndTests
{
    [Fact]
    public async Task With_a_collector_that_says_nothing_each_signal_has_two_seconds_and_no_more()
    {
        // It takes connections into its backlog and never answers.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var allowed = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            [KeyValuePair.Create("OTEL_EXPORTER_OTLP_ENDPOINT", (string?)$"http://{silent.LocalEndpoint}")]);
        builder.AddServiceDefaults();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new Spans(allowed)));
        builder.Services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddReader(new Meters(allowed)));
        builder.Services.ConfigureOpenTelemetryLoggerProvider(logging => logging.AddProcessor(new Logs(allowed)));
        using var host = builder.Build();
        await host.StartAsync(SocketIOHost.Ct);
        host.Services.GetRequiredService<ILogger<TelemetryEndTests>>().LogWarning("Something to send.");

        await host.StopAsync(SocketIOHost.Ct);

        allowed.Keys.Order(StringComparer.Ordinal).ShouldBe(["logs", "metrics", "traces"]);
        allowed.Values.ShouldAllBe(milliseconds => milliseconds >= 0 && milliseconds <= TelemetryEnd.LongestMs);
    }

    private sealed class Spans(ConcurrentDictionary<string, int> allowed) : BaseProcessor<Activity>
    {
        protected override bool OnShutdown(int timeoutMilliseconds) => allowed.TryAdd("traces", timeoutMilliseconds);
    }

    private sealed class Logs(ConcurrentDictionary<string, int> allowed) : BaseProcessor<LogRecord>
    {
        protected override bool OnShutdown(int timeoutMilliseconds) => allowed.TryAdd("logs", timeoutMilliseconds);
    }

    private sealed class Meters(ConcurrentDictionary<string, int> allowed) : MetricReader
    {
        protected override bool OnShutdown(int timeoutMilliseconds) => allowed.TryAdd("metrics", timeoutMilliseconds);
    }
}
