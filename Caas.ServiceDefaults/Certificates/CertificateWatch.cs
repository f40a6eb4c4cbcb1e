using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Caas.ServiceDefaults.Certificates;

/// <summary>Looks at the certificates of some servers, again and again, so that none ends unseen.</summary>
internal sealed partial class CertificateWatch(
    IOptions<CertificateOptions> options, CertificateMetrics metrics, TimeProvider clock, ILogger<CertificateWatch> logger)
    : BackgroundService
{
    private readonly CertificateOptions _options = options.Value;

    /// <summary>Looks at all of them once, at the same time.</summary>
    internal Task LookAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_options.Servers.Select(server => LookAsync(server, cancellationToken)));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.Servers.Count == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(_options.Interval, clock);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(string server, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            metrics.Seen(server, await ServedCertificate.ReadEndAsync(CertificateOptions.Parse(server), both.Token));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // What was seen before still counts; the next look may see it anew.
            metrics.Failed(server);
            LogNotSeen(server, exception.InnerException?.GetType().Name ?? exception.GetType().Name);
        }
    }

    [LoggerMessage(1501, LogLevel.Warning, "The certificate of {Server} could not be seen: {Reason}")]
    private partial void LogNotSeen(string server, string reason);
}
