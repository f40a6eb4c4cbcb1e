using Caas.Consumers.Streams;
using Caas.Domain.Events;

namespace Caas.Consumers.Notifications;

/// <summary>Writes what the operator should know into the log, where an embedded operator sees it.</summary>
internal sealed partial class NotificationLog(IRecordCodec<Notification> codec, ILogger<NotificationLog> logger) : IStreamHandler
{
    /// <inheritdoc/>
    public string Topic => Topics.Notifications;

    /// <inheritdoc/>
    public string Group => ConsumerGroups.Notifications;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ConsumedRecord record, CancellationToken cancellationToken)
    {
        var told = await codec.DecodeAsync(record.Value, cancellationToken);
        LogNotification(told.Type, told.Subject, told.Detail, told.OccurredAt, told.Id);
    }

    [LoggerMessage(5301, LogLevel.Warning, "{Type} {Subject}: {Detail} (at {OccurredAt:O}, {Id})")]
    private partial void LogNotification(
        string type, string subject, string detail, DateTimeOffset occurredAt, Domain.Ids.EventId id);
}
