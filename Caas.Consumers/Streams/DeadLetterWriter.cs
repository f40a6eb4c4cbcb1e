using Caas.Domain.Events;

namespace Caas.Consumers.Streams;

/// <summary>Moves a record that cannot be handled to <see cref="Topics.DeadLetters"/>, as it came.</summary>
internal sealed partial class DeadLetterWriter(IEventStream stream, ILogger<DeadLetterWriter> logger)
{
    /// <summary>Durable when it completes; then the group goes on without the record.</summary>
    public async ValueTask WriteAsync(
        StreamBatch batch, ConsumedRecord record, string group, Exception failure, CancellationToken cancellationToken)
    {
        await stream.AppendAsync(
            Topics.DeadLetters, [new StreamRecord(record.Key, record.Value, record.TraceParent)], cancellationToken);
        LogDeadLetter(failure, group, batch.Topic, batch.Partition, record.Offset);
    }

    [LoggerMessage(5201, LogLevel.Error, "{Group} gave up on {Topic}/{Partition}@{Offset}: a dead letter")]
    private partial void LogDeadLetter(Exception exception, string group, string topic, int partition, long offset);
}
