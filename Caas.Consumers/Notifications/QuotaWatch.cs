using Caas.Domain.Events;

namespace Caas.Consumers.Notifications;

/// <summary>
/// Tells the operator what comes near its end, once an episode: a group that is so far behind that retention may take what
/// it did not read, an outbox that is not emptied, a disk that is nearly full, an event stream that grew.
/// </summary>
internal sealed partial class QuotaWatch(
    QuotaReader quotas, NotificationWriter notices, TimeProvider clock, ILogger<QuotaWatch> logger) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private const int Looks = 2;

    private readonly Debounce _quotas = new(Looks);

    /// <summary>Looks once.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        // One by one: while the stream is away its lag cannot be read, and the outbox is what grows.
        await foreach (var read in quotas.ReadAsync(cancellationToken))
        {
            if (read.Failure is { } failure)
            {
                LogNotRead(read.What, DeadLetterReason.Of(failure));
                continue;
            }

            foreach (var quota in read.Quotas)
            {
                await LookAtAsync(quota, cancellationToken);
            }
        }
    }

    /// <summary>Looks until it is stopped.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await LookAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    private async ValueTask LookAtAsync(Quota quota, CancellationToken cancellationToken)
    {
        var reached = quota.IsReached(_quotas.IsTold(quota.Subject));
        if (_quotas.Look(quota.Subject, reached)
            && (!reached || await notices.TryTellAsync(NotificationTypes.QuotaReached, quota.Subject, quota.Detail, cancellationToken)))
        {
            _quotas.Tell(quota.Subject, reached);
        }
    }

    [LoggerMessage(5304, LogLevel.Warning, "The quotas of {What} could not be read: {Reason}")]
    private partial void LogNotRead(string what, string reason);
}
