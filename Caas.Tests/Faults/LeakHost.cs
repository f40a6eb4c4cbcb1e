using Caas.Standalone.Hosting;
using Caas.Tests.Gateway;
using Caas.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Faults;

/// <summary>
/// The whole product in this process with everything that it tells turned on: logs of all levels and categories, and
/// traces, metrics and logs exported by OTLP to a collector that keeps the bytes.
/// </summary>
internal sealed class LeakHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LeakCollector _collector;
    private bool _isStopped;

    private LeakHost(WebApplication app, LeakCollector collector, LeakLog log, FakeTimeProvider clock, string folder)
    {
        _app = app;
        _collector = collector;
        Log = log;
        Clock = clock;
        Folder = folder;
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        Url = new Uri(addresses.Addresses.First());
        Metrics = new Uri(addresses.Addresses.ElementAt(1));
    }

    public Uri Url { get; }

    public Uri Metrics { get; }

    public LeakLog Log { get; }

    public FakeTimeProvider Clock { get; }

    public string Folder { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The bytes that were exported so far.</summary>
    public IReadOnlyList<byte[]> Exported => _collector.Received;

    public static async Task<LeakHost> StartAsync(string folder)
    {
        var collector = await LeakCollector.StartAsync();
        var log = new LeakLog();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        string[] args =
        [
            "--Caas:Http:Port", "0", "--Caas:Metrics:Port", "0", "--Caas:SchemaRegistry:Port", "0",
            "--Caas:Data:Path", folder, "--Caas:Registration:Open", "true", "--Caas:Platform:Key", GatewayHost.PlatformKey,
            "--Caas:Limits:PerIpPerMinute", "0", "--Caas:Limits:PerUserPerMinute", "0",
            "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
            "--OTEL_METRIC_EXPORT_INTERVAL", "500", "--OTEL_BSP_SCHEDULE_DELAY", "200", "--OTEL_BLRP_SCHEDULE_DELAY", "200",
        ];
        var host = StandaloneHost.Create();
        var app = host.Build(args, services => Replace(services, log, clock), out var settings);
        await host.StartAsync(app, settings, SocketIOHost.Ct);
        return new LeakHost(app, collector, log, clock, folder);
    }

    /// <summary>Lets time pass in steps until something is so.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var second = 0; second < 600; second++)
        {
            if (await condition())
            {
                return;
            }

            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        throw new TimeoutException("Ten minutes of the host's time were not enough.");
    }

    /// <summary>Ends it in good order: what waits is exported, and the files are closed.</summary>
    public async Task StopAsync()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            await _app.StopAsync(CancellationToken.None);

            // An export that is under way is waited for by the host's time, which only the test lets pass.
            var disposed = _app.DisposeAsync().AsTask();
            using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            while (!disposed.IsCompleted && await look.WaitForNextTickAsync(CancellationToken.None))
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
            }

            await disposed;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _collector.DisposeAsync();
    }

    private static void Replace(IServiceCollection services, LeakLog log, FakeTimeProvider clock)
    {
        // The runner's console gets none of it.
        var console = services.Single(service => service.ServiceType == typeof(ILoggerProvider)
            && service.ImplementationType?.Name == "ConsoleLoggerProvider");
        services.Remove(console);
        services.AddLogging(logging => logging
            .SetMinimumLevel(LogLevel.Trace)
            .AddProvider(log)
            .AddFilter<LeakLog>(category: null, LogLevel.Trace)
            .AddFilter<OpenTelemetry.Logs.OpenTelemetryLoggerProvider>(category: null, LogLevel.Trace));
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<IHostLifetime, NoSignals>();
    }
}
