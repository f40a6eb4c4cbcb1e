using Caas.Http.Credentials;

namespace Caas.Gateway.Tokens;

/// <summary>Rotates the signing keys on schedule, so that no request waits for a new one.</summary>
internal sealed partial class SigningKeyRotation(SigningKeyRing ring, TimeProvider clock, ILogger<SigningKeyRotation> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await ring.RotateWhenDueAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The present key goes on signing; the next round tries again.
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(3003, LogLevel.Warning, "The signing keys cannot be rotated now")]
    private partial void LogFailed(Exception exception);
}
