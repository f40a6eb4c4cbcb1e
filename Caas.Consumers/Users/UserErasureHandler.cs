using Caas.Consumers.Streams;
using Caas.Domain.Events;
using Caas.Domain.Users;

namespace Caas.Consumers.Users;

/// <summary>Erases what a deleted user left behind.</summary>
internal sealed class UserErasureHandler(IEventCodec codec, UserErasure erasure) : IStreamHandler
{
    /// <inheritdoc/>
    public string Topic => Topics.Events;

    /// <inheritdoc/>
    public string Group => ConsumerGroups.Erasure;

    /// <inheritdoc/>
    public TimeSpan TimeoutOf(ConsumersOptions options) => options.ErasureTimeout;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ConsumedRecord record, CancellationToken cancellationToken)
    {
        var occurred = await codec.DecodeAsync(record.Value, EventTypes.UserDeleted, cancellationToken);
        if (occurred is { Data.UserId: { } userId })
        {
            await erasure.ExecuteAsync(occurred.ClientId, userId, occurred.OccurredAt, cancellationToken);
        }
    }
}
