using Caas.Domain.Errors;

namespace Caas.Domain.Events;

/// <summary>
/// Puts a dead letter through its consumer group again, and only that one: a command in <see cref="Topics.DeadLetters"/>,
/// so that it works from any process. It may be carried out late and more than once.
/// </summary>
public sealed class ReplayDeadLetter(
    IDeadLetterStore letters, IEventStream stream, IRecordCodec<DeadLetter> codec, TimeProvider clock)
{
    /// <summary>
    /// The letter, whose command is durable. One that is replayed already is answered as the first time; one that was
    /// discarded is not there.
    /// </summary>
    public async ValueTask<Result<DeadLetter>> ExecuteAsync(DeadLetterId id, CancellationToken cancellationToken)
    {
        if (await letters.FindAsync(id, cancellationToken) is not { State: not DeadLetterState.Discarded } found)
        {
            return Error.NotFound;
        }

        if (found.State == DeadLetterState.Waiting)
        {
            var command = found.Letter with { ReplayRequestedAt = clock.GetUtcNow() };
            var value = await codec.EncodeAsync(command, cancellationToken);
            await stream.AppendAsync(
                Topics.DeadLetters, [new StreamRecord(command.Key, value, command.TraceParent)], cancellationToken);

            // The command is in the stream: a letter that stayed in the list would be replayed twice.
            await letters.RemoveAsync(id, DeadLetterState.Replayed, CancellationToken.None);
        }

        return found.Letter;
    }
}
