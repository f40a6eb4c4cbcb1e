using Caas.Domain.Events;
using Caas.Domain.Ids;
using EventId = Caas.Domain.Ids.EventId;

namespace Caas.Consumers.Notifications;

/// <summary>Tells the operator, through <see cref="Topics.Notifications"/>.</summary>
internal sealed partial class NotificationWriter(
    IEventStream stream, IRecordCodec<Notification> codec, IIdSource ids, TimeProvider clock, ILogger<NotificationWriter> logger)
{
    /// <summary>Durable when it completes.</summary>
    public async ValueTask TellAsync(Notification notification, CancellationToken cancellationToken)
    {
        var value = await codec.EncodeAsync(notification, cancellationToken);
        await stream.AppendAsync(
            Topics.Notifications, [new StreamRecord(notification.Subject, value, TraceParent: null)], cancellationToken);
    }

    /// <summary>Something of now; false, and logged, where the stream does not take it.</summary>
    public async ValueTask<bool> TryTellAsync(string type, string subject, string detail, CancellationToken cancellationToken)
    {
        var notification = new Notification(
            new EventId(ids.Next()), type, subject, ClientId: null, detail, clock.GetUtcNow());
        try
        {
            await TellAsync(notification, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            // Often the stream itself is what is away, and whoever tells goes on.
            LogUntold(type, subject, detail, DeadLetterReason.Of(exception));
            return false;
        }
    }

    [LoggerMessage(5302, LogLevel.Warning, "Not told yet: {Type} {Subject}: {Detail} ({Reason})")]
    private partial void LogUntold(string type, string subject, string detail, string reason);
}
