using Caas.Consumers.Notifications;
using Caas.Consumers.Streams;
using Caas.Domain.Events;

namespace Caas.Consumers.DeadLetters;

/// <summary>Keeps dead letters where the operator can list them, and tells the operator of each.</summary>
internal sealed partial class DeadLetterHandler(
    IRecordCodec<DeadLetter> codec, IDeadLetterStore letters, NotificationWriter notices, ILogger<DeadLetterHandler> logger)
    : IStreamHandler
{
    /// <inheritdoc/>
    public string Topic => Topics.DeadLetters;

    /// <inheritdoc/>
    public string Group => ConsumerGroups.DeadLetters;

    // A letter of a letter would be one more of the same.
    /// <inheritdoc/>
    public bool GivesUp => false;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ConsumedRecord record, CancellationToken cancellationToken)
    {
        if (await LetterReader.ReadAsync(codec, record, cancellationToken) is not { } letter)
        {
            LogUnreadable(record.Offset);
            return;
        }

        if (letter.ReplayRequestedAt is not null)
        {
            return;
        }

        await letters.AddAsync(letter, cancellationToken);
        if (letter.Topic != Topics.Notifications)
        {
            // One that could not be told must not be told of.
            await notices.TellAsync(NoticeOf(letter), cancellationToken);
        }
    }

    // The letter's own number: whoever is told twice can know.
    private static Notification NoticeOf(DeadLetter letter) => new(
        new Domain.Ids.EventId(letter.Id.Value),
        NotificationTypes.DeadLetterAdded,
        letter.Id.ToString(),
        ClientId: null,
        $"{letter.Consumer} gave up on {letter.Topic}/{letter.Partition}@{letter.Offset}: {letter.Reason}",
        letter.FailedAt);

    [LoggerMessage(5401, LogLevel.Error, "The dead letter at offset {Offset} cannot be read; it is skipped")]
    private partial void LogUnreadable(long offset);
}

/// <summary>Reads what is in <see cref="Topics.DeadLetters"/>.</summary>
internal static class LetterReader
{
    /// <summary>The letter; null where the value is none, which nothing will change.</summary>
    public static async ValueTask<DeadLetter?> ReadAsync(
        IRecordCodec<DeadLetter> codec, ConsumedRecord record, CancellationToken cancellationToken)
    {
        try
        {
            return await codec.DecodeAsync(record.Value, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
