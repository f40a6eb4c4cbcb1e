using Caas.Domain.Clients;

namespace Caas.Gateway.Clients;

/// <summary>Erases deleted clients behind, and goes on with what an interruption left.</summary>
internal sealed partial class ClientErasure(EraseClients erase, TimeProvider clock, ILogger<ClientErasure> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await erase.ExecuteAsync(stoppingToken) is > 0 and var count)
                {
                    LogErased(count);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // A store that is away ends no loop: the clients stay marked, and the next round finds them.
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(3001, LogLevel.Information, "Clients erased: {Count}")]
    private partial void LogErased(int count);

    [LoggerMessage(3002, LogLevel.Warning, "Deleted clients cannot be erased now")]
    private partial void LogFailed(Exception exception);
}
