using System.Globalization;
using Caas.Consumers.Streams;
using Caas.Domain.Events;

namespace Caas.Consumers.Notifications;

/// <summary>
/// Measures how far the groups are behind, and tells the operator where it is so far that retention may one day take what
/// was not read.
/// </summary>
internal sealed partial class LagWatch(
    IStreamStatus status, NotificationWriter notices, ConsumerMetrics metrics, TimeProvider clock, ILogger<LagWatch> logger)
    : BackgroundService
{
    /// <summary>The records behind that are told of; told again only after it was below half of it.</summary>
    public const long Threshold = 100_000;

    private const int Looks = 2;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly Debounce _groups = new(Looks);

    /// <summary>Looks once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var lags = await status.ReadLagAsync(cancellationToken);
        metrics.Lag(lags);
        foreach (var lag in lags)
        {
            if (lag.Group is not null)
            {
                await LookAtAsync(lag, cancellationToken);
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
                // The stream is away: the next look may find it.
                LogLookFailed(exception);
            }
        }
    }

    private async ValueTask LookAtAsync(GroupLag lag, CancellationToken cancellationToken)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"{lag.Group} {lag.Topic}/{lag.Partition}");
        var far = lag.Lag >= (_groups.IsTold(subject) ? Threshold / 2 : Threshold);
        if (!_groups.Look(subject, far))
        {
            return;
        }

        var detail = string.Create(CultureInfo.InvariantCulture, $"{lag.Lag} records are not read yet.");
        if (!far || await notices.TryTellAsync(NotificationTypes.QuotaReached, subject, detail, cancellationToken))
        {
            _groups.Tell(subject, far);
        }
    }

    [LoggerMessage(5304, LogLevel.Warning, "The lag of the consumer groups could not be read")]
    private partial void LogLookFailed(Exception exception);
}
