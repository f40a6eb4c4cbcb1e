using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Messages;
using Caas.Http.Json;
using Caas.Messaging.Realtime;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Messages;

/// <summary>A command about one message that was sent: found as its sender sees it, then done.</summary>
/// <typeparam name="TInput">The argument.</typeparam>
internal abstract class MessageCommand<TInput>(MessageCommands commands, ApiJson json) : ISocketCommand
    where TInput : class, IMessageArgument
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public async ValueTask<Result<ReadOnlyMemory<byte>>> ExecuteAsync(
        ChatSession session, InboundEvent command, CancellationToken cancellationToken)
    {
        if (!StrictJson.Read<TInput>(command.Argument.Span, json).TryGet(out var input, out var error))
        {
            return error;
        }

        if (input.MessageId is null)
        {
            return Error.Invalid("messageId", "is required.");
        }

        var found = await commands.FindAsync(session.Caller, input.MessageId, cancellationToken);
        if (!found.TryGet(out var message, out error))
        {
            return error;
        }

        var done = await ExecuteAsync(session.Caller, message, input, cancellationToken);
        return done.TryGet(out var answer, out error)
            ? Acknowledgement.Of("message", answer, json.TypeInfo<Message>())
            : error;
    }

    private protected abstract ValueTask<Result<Message>> ExecuteAsync(
        Caller caller, Message message, TInput input, CancellationToken cancellationToken);
}

/// <summary>An argument that names a message.</summary>
internal interface IMessageArgument
{
    /// <summary>The message.</summary>
    string? MessageId { get; }
}
