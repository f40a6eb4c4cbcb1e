using Caas.Consumers.Streams;
using Caas.Domain.Events;

namespace Caas.Consumers.DeadLetters;

/// <summary>Looks how many dead letters wait for the operator, for the metrics.</summary>
internal sealed partial class DeadLetterWatch(
    IDeadLetterStore letters, ConsumerMetrics metrics, TimeProvider clock, ILogger<DeadLetterWatch> logger) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>What it counts up to: whether there are a hundred or more, the operator has to read them.</summary>
    public const int Most = 100;

    /// <summary>Looks once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            metrics.Waiting((await letters.ListAsync(after: null, Most, cancellationToken)).Count);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            // The store is away: the next look may find it.
            LogNotRead(DeadLetterReason.Of(exception));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(5203, LogLevel.Warning, "The dead letters could not be counted: {Reason}")]
    private partial void LogNotRead(string reason);
}
