using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Messages;
using Caas.Http.Json;
using Caas.Messaging.Realtime;

namespace Caas.Messaging.Messages;

/// <summary><c>message.delete</c>: the same as <c>DELETE /api/messages/{id}</c>.</summary>
internal sealed class DeleteMessageCommand(MessageCommands commands, ApiJson json)
    : MessageCommand<DeleteMessageArgument>(commands, json)
{
    private readonly MessageCommands _commands = commands;

    /// <inheritdoc/>
    public override string Name => SocketEvents.MessageDelete;

    private protected override ValueTask<Result<Message>> ExecuteAsync(
        Caller caller, Message message, DeleteMessageArgument input, CancellationToken cancellationToken) =>
        _commands.DeleteAsync(caller, message, etag: null, cancellationToken);
}

/// <summary>The argument of <c>message.delete</c>.</summary>
/// <param name="MessageId">The message.</param>
internal sealed record DeleteMessageArgument(string? MessageId) : IMessageArgument;
