using Caas.Consumers.Streams;
using Caas.Domain.Events;

namespace Caas.Consumers.Notifications;

/// <summary>Tells the operator of each new client.</summary>
internal sealed class NewClientHandler(IEventCodec codec, NotificationWriter notices) : IStreamHandler
{
    /// <inheritdoc/>
    public string Topic => Topics.Events;

    /// <inheritdoc/>
    public string Group => ConsumerGroups.NewClients;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ConsumedRecord record, CancellationToken cancellationToken)
    {
        if (await codec.DecodeAsync(record.Value, EventTypes.ClientCreated, cancellationToken) is { } occurred)
        {
            // The event's own id, so that an event that is read again tells the same.
            var notification = new Notification(
                occurred.Id,
                NotificationTypes.ClientCreated,
                occurred.ClientId.ToString(),
                occurred.ClientId,
                "A client was registered.",
                occurred.OccurredAt);
            await notices.TellAsync(notification, cancellationToken);
        }
    }
}
