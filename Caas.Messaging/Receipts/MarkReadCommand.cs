using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Receipts;
using Caas.Http.Json;
using Caas.Messaging.Realtime;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Receipts;

/// <summary><c>read.mark</c>: the same as <c>PUT /api/conversations/{id}/read</c>.</summary>
internal sealed class MarkReadCommand(MarkRead mark, ApiJson json) : ISocketCommand
{
    /// <inheritdoc/>
    public string Name => SocketEvents.ReadMark;

    /// <inheritdoc/>
    public async ValueTask<Result<ReadOnlyMemory<byte>>> ExecuteAsync(
        ChatSession session, InboundEvent command, CancellationToken cancellationToken)
    {
        if (!StrictJson.Read<MarkReadArgument>(command.Argument.Span, json).TryGet(out var input, out var error))
        {
            return error;
        }

        if (!TypeId.TryParse<ConversationId>(input.ConversationId, out var conversationId))
        {
            return Error.Invalid("conversationId", "must be an id that begins with conv_.");
        }

        var marked = await mark.ExecuteAsync(
            session.Caller, conversationId, new MarkReadInput(input.Sequence), cancellationToken);
        return marked.TryGet(out var position, out error)
            ? Acknowledgement.Spread(ReadPositionAnswer.Of(position), json.TypeInfo<ReadPositionAnswer>())
            : error;
    }
}

/// <summary>The argument of <c>read.mark</c>.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="Sequence">The last message read.</param>
internal sealed record MarkReadArgument(string? ConversationId, long? Sequence);
