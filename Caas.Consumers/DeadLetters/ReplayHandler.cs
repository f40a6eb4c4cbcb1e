using Caas.Consumers.Streams;
using Caas.Domain.Events;
using Microsoft.Extensions.Options;

namespace Caas.Consumers.DeadLetters;

/// <summary>
/// Carries replays out: the record goes through the handler of the group that gave it up, and of no other. One that fails
/// again, as often as the first time, is a new letter.
/// </summary>
internal sealed class ReplayHandler(
    IRecordCodec<DeadLetter> codec, IEnumerable<IStreamHandler> handlers, IOptions<ConsumersOptions> options, TimeProvider clock)
    : IStreamHandler
{
    private readonly Dictionary<string, IStreamHandler> _handlers =
        handlers.ToDictionary(static handler => handler.Group, StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Topic => Topics.DeadLetters;

    /// <inheritdoc/>
    public string Group => ConsumerGroups.Replays;

    // The handler that the record goes through has its own time; a letter of that one must not become one of this.
    /// <inheritdoc/>
    public TimeSpan TimeoutOf(ConsumersOptions options) => Timeout.InfiniteTimeSpan;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ConsumedRecord record, CancellationToken cancellationToken)
    {
        if (await LetterReader.ReadAsync(codec, record, cancellationToken) is not { ReplayRequestedAt: not null } letter)
        {
            return;
        }

        try
        {
            var handler = _handlers.GetValueOrDefault(letter.Consumer)
                ?? throw new InvalidOperationException($"There is no consumer group {letter.Consumer}.");
            await TimedTry.RunAsync(handler, letter.ToRecord(), options.Value, clock, cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            // Whatever it is: the letter that comes of it is the handler's, not this one's.
            throw new ReplayFailedException(letter, exception);
        }
    }
}

/// <summary>A replay failed as its record did before.</summary>
/// <param name="letter">The letter.</param>
/// <param name="failure">What its handler threw.</param>
internal sealed class ReplayFailedException(DeadLetter letter, Exception failure)
    : Exception($"The replay of {letter.Id} failed.", failure)
{
    /// <summary>The letter.</summary>
    public DeadLetter Letter => letter;
}
