using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Validation;

namespace Caas.Domain.Receipts;

/// <summary>Moves the caller's read position forward, and tells the others at once, at most once.</summary>
public sealed class MarkRead(IReadPositions positions, EphemeralEvents ephemeral, LimitsOptions limits)
{
    /// <summary>Marks; <c>user_required</c>, <c>validation_failed</c>, <c>not_found</c>.</summary>
    public async ValueTask<Result<ReadPosition>> ExecuteAsync(
        Caller caller, ConversationId conversationId, MarkReadInput input, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } user)
        {
            return UserRequired.Error;
        }

        var checks = new Checks(limits);
        if (checks.Require("sequence", input.Sequence) && input.Sequence < 0)
        {
            checks.Add("sequence", "must be 0 or more.");
        }

        if (checks.Error is { } error)
        {
            return error;
        }

        var position = await positions.AdvanceAsync(
            caller.ClientId, conversationId, user, input.Sequence!.Value, cancellationToken);
        if (position is null)
        {
            return Error.NotFound;
        }

        if (position.Moved)
        {
            await ephemeral.PublishAsync(
                caller,
                conversationId,
                EventTypes.ReadMarked,
                new EventBody { UserId = user, Sequence = position.LastReadSequence },
                cancellationToken);
        }

        return position;
    }
}

/// <summary>The body of <c>PUT /api/conversations/{id}/read</c>.</summary>
/// <param name="Sequence">The last message read.</param>
public sealed record MarkReadInput(long? Sequence);
