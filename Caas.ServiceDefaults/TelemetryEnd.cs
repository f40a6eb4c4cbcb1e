using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Caas.ServiceDefaults;

/// <summary>
/// Sends what is left of the telemetry once everything else has stopped: all signals at once, and no longer than
/// <see cref="LongestMs"/>. Left to itself the SDK waits five seconds for each of the three, one after the other, when the
/// collector is gone or silent: more than a platform waits before it kills.
/// </summary>
internal sealed class TelemetryEnd(IServiceProvider services) : IHostedLifecycleService
{
    public const int LongestMs = 2000;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Each blocks its thread for as long. What it could not send by then is lost, as it would be a moment later.
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => services.GetService<TracerProvider>()?.Shutdown(LongestMs), CancellationToken.None),
        Task.Run(() => services.GetService<MeterProvider>()?.Shutdown(LongestMs), CancellationToken.None),
        Task.Run(() => services.GetService<LoggerProvider>()?.Shutdown(LongestMs), CancellationToken.None));
}
