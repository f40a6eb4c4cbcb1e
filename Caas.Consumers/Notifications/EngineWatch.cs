using Caas.Consumers.Streams;
using Caas.Domain.Events;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Consumers.Notifications;

/// <summary>
/// Tells the operator when an engine has gone and when it is back, each once it is so for some looks in a row.
/// </summary>
internal sealed partial class EngineWatch(
    HealthCheckService health,
    NotificationWriter notices,
    ConsumerMetrics metrics,
    TimeProvider clock,
    ILogger<EngineWatch> logger) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const int Looks = 3;

    // Of the process itself: where these fail, nobody is told.
    private static readonly string[] Own = ["self", "serving"];

    private readonly Debounce _engines = new(Looks);

    /// <summary>Looks once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Interval, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var report = await health.CheckHealthAsync(static check => !Own.Contains(check.Name), both.Token);
        foreach (var (engine, entry) in report.Entries)
        {
            var away = entry.Status == HealthStatus.Unhealthy;
            metrics.Engine(engine, !away);
            if (_engines.Look(engine, away) && await TellAsync(engine, away, cancellationToken))
            {
                _engines.Tell(engine, away);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException && !stoppingToken.IsCancellationRequested)
            {
                // A check that hangs or throws says nothing; the next look may.
                LogLookFailed(DeadLetterReason.Of(exception));
            }
        }
    }

    private ValueTask<bool> TellAsync(string engine, bool away, CancellationToken cancellationToken) => notices.TryTellAsync(
        away ? NotificationTypes.EngineAway : NotificationTypes.EngineBack,
        engine,
        away ? "The engine does not answer." : "The engine answers again.",
        cancellationToken);

    [LoggerMessage(5303, LogLevel.Warning, "The engines could not be looked at: {Reason}")]
    private partial void LogLookFailed(string reason);
}
