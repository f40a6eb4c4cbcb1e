using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Policies;
using Caas.Http.Json;
using Caas.Messaging.Realtime;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Presence;

/// <summary>
/// <c>typing.start</c> and <c>typing.stop</c>. Others hear of a start once; who does not repeat it stops after a while,
/// and so does who disconnects.
/// </summary>
internal sealed class TypingCommand(bool starts, ConversationAccess access, TypingNode typing, ApiJson json) : ISocketCommand
{
    private static readonly AccessQuestion Question = new(AccessAction.Type);

    /// <inheritdoc/>
    public string Name => starts ? SocketEvents.TypingStart : SocketEvents.TypingStop;

    /// <inheritdoc/>
    public async ValueTask<Result<ReadOnlyMemory<byte>>> ExecuteAsync(
        ChatSession session, InboundEvent command, CancellationToken cancellationToken)
    {
        if (!StrictJson.Read<TypingInput>(command.Argument.Span, json).TryGet(out var input, out var error))
        {
            return error;
        }

        if (!TypeId.TryParse<ConversationId>(input.ConversationId, out var conversationId))
        {
            return Error.Invalid("conversationId", "must be an id that begins with conv_.");
        }

        var allowed = await access.AuthorizeAsync(session.Caller, conversationId, Question, cancellationToken);
        if (!allowed.TryGet(out _, out error))
        {
            return error;
        }

        await (starts
            ? typing.StartAsync(session, conversationId, cancellationToken)
            : typing.StopAsync(session, conversationId, cancellationToken));
        return Acknowledgement.Empty;
    }
}

/// <summary>The argument of <c>typing.start</c> and <c>typing.stop</c>.</summary>
/// <param name="ConversationId">The conversation.</param>
internal sealed record TypingInput(string? ConversationId);
