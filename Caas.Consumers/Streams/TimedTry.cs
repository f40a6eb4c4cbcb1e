using Caas.Domain.Events;

namespace Caas.Consumers.Streams;

/// <summary>One try of one record, which takes no longer than it may.</summary>
internal static class TimedTry
{
    /// <summary>
    /// Has the effect, or throws; <see cref="TimeoutException"/> where it takes too long. A handler that does not even hear
    /// its token is left behind: should it end after all, its effect is the one that the next try repeats.
    /// </summary>
    public static async ValueTask RunAsync(
        IStreamHandler handler, ConsumedRecord record, ConsumersOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var most = handler.TimeoutOf(options);
        using var limit = new CancellationTokenSource(most, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var handling = handler.HandleAsync(record, either.Token);
            await (handling.IsCompleted ? handling : new ValueTask(handling.AsTask().WaitAsync(either.Token)));
        }
        catch (OperationCanceledException cancelled) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{handler.Group} took longer than {most}.", cancelled);
        }
    }
}
