using Caas.Consumers.DeadLetters;
using Caas.Domain.Events;

namespace Caas.Consumers.Streams;

/// <summary>Moves a record that cannot be handled to <see cref="Topics.DeadLetters"/>, as it came, with its reason and origin.</summary>
internal sealed partial class DeadLetterWriter(
    IEventStream stream,
    IEventCodec events,
    IRecordCodec<DeadLetter> letters,
    ConsumerMetrics metrics,
    TimeProvider clock,
    ILogger<DeadLetterWriter> logger)
{
    /// <summary>Durable when it completes; then the group goes on without the record.</summary>
    public async ValueTask WriteAsync(
        string topic, int partition, ConsumedRecord record, string group, Exception failure, CancellationToken cancellationToken)
    {
        var letter = failure is ReplayFailedException replay
            ? Repeat(replay)
            : await MakeAsync(topic, partition, record, group, failure, cancellationToken);
        var value = await letters.EncodeAsync(letter, cancellationToken);
        await stream.AppendAsync(
            Topics.DeadLetters, [new StreamRecord(record.Key, value, record.TraceParent)], cancellationToken);
        metrics.DeadLetter(letter.Consumer);
        LogDeadLetter(
            letter.Consumer, topic, partition, record.Offset, letter.Id, letter.Reason, FailurePlace.Of(failure));
    }

    private async ValueTask<DeadLetter> MakeAsync(
        string topic, int partition, ConsumedRecord record, string group, Exception failure, CancellationToken cancellationToken) =>
        new()
        {
            Id = DeadLetterId.Of(group, topic, partition, record.Offset, record.AppendedAt),
            Topic = topic,
            Partition = partition,
            Offset = record.Offset,
            Key = record.Key,
            EventId = await FindEventIdAsync(topic, record.Value, cancellationToken),
            Consumer = group,
            Attempts = RetryPolicy.MaxAttempts,
            Reason = DeadLetterReason.Of(failure),
            AppendedAt = record.AppendedAt,
            FailedAt = clock.GetUtcNow(),
            Value = record.Value,
            TraceParent = record.TraceParent,
        };

    private DeadLetter Repeat(ReplayFailedException replay) => replay.Letter with
    {
        Id = replay.Letter.Id.OfFailedReplay(),
        Attempts = replay.Letter.Attempts + RetryPolicy.MaxAttempts,
        Reason = DeadLetterReason.Of(replay.InnerException!),
        FailedAt = clock.GetUtcNow(),
        ReplayRequestedAt = null,
    };

    private async ValueTask<string?> FindEventIdAsync(
        string topic, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (topic != Topics.Events)
        {
            return null;
        }

        try
        {
            return (await events.DecodeAsync(value, cancellationToken)).Id.ToString();
        }
        catch (InvalidDataException)
        {
            // That may be why it is a dead letter.
            return null;
        }
    }

    [LoggerMessage(
        5201, LogLevel.Error, "{Group} gave up on {Topic}/{Partition}@{Offset}: dead letter {Letter}, {Reason} ({Place})")]
    private partial void LogDeadLetter(
        string group, string topic, int partition, long offset, DeadLetterId letter, string reason, string place);
}
