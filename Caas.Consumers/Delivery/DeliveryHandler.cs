using System.Diagnostics;
using Caas.Consumers.Streams;
using Caas.Domain.Events;

namespace Caas.Consumers.Delivery;

/// <summary>
/// Brings events to the sockets: to the nodes that have members of the conversation connected, and, where a user joins,
/// also to their own channel. What a node gets twice it skips by its version; what it does not get it reads from the
/// store.
/// </summary>
internal sealed class DeliveryHandler(IEventCodec codec, IRealtimeBus bus) : IStreamHandler
{
    /// <summary>The source of the deliveries' activities.</summary>
    public const string ActivitySourceName = "Caas.Consumers.Delivery";

    private static readonly ActivitySource Activities = new(ActivitySourceName);

    /// <inheritdoc/>
    public string Topic => Topics.Events;

    /// <inheritdoc/>
    public string Group => ConsumerGroups.Delivery;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ConsumedRecord record, CancellationToken cancellationToken)
    {
        var occurred = await codec.DecodeAsync(record.Value, cancellationToken);
        if (occurred.ConversationId is null)
        {
            // The client's own events are for its back end: webhooks and the audit log, never sockets.
            return;
        }

        using var activity = record.TraceParent is { } parent
            ? Activities.StartActivity("deliver " + occurred.Type, ActivityKind.Consumer, parent)
            : null;
        var signal = new RealtimeSignal(
            occurred.ClientId,
            occurred.ConversationId,
            UserId: null,
            occurred.Version,
            occurred.Type,
            EventJson.Write(occurred),
            activity?.Id ?? record.TraceParent);
        await bus.PublishAsync(signal, cancellationToken);
        if (occurred is { Type: EventTypes.MemberAdded, Data.Member: { } member })
        {
            await bus.PublishAsync(signal with { UserId = member.UserId }, cancellationToken);
        }
    }
}
