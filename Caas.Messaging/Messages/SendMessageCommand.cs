using Caas.Domain.Errors;
using Caas.Domain.Messages;
using Caas.Http.Json;
using Caas.Messaging.Realtime;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Messages;

/// <summary><c>message.send</c>: the same as <c>POST /api/messages</c>.</summary>
internal sealed class SendMessageCommand(SendMessage send, ApiJson json) : ISocketCommand
{
    /// <inheritdoc/>
    public string Name => SocketEvents.MessageSend;

    /// <inheritdoc/>
    public async ValueTask<Result<ReadOnlyMemory<byte>>> ExecuteAsync(
        ChatSession session, InboundEvent command, CancellationToken cancellationToken)
    {
        if (!StrictJson.Read<SendMessageInput>(command.Argument.Span, json).TryGet(out var input, out var error))
        {
            return error;
        }

        var sent = await send.ExecuteAsync(session.Caller, input, idempotency: null, cancellationToken);
        return sent.TryGet(out var commit, out error)
            ? Acknowledgement.Of("message", commit.Message!, json.TypeInfo<Message>())
            : error;
    }
}
