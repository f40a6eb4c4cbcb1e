using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Messages;
using Caas.Http.Json;
using Caas.Messaging.Realtime;

namespace Caas.Messaging.Messages;

/// <summary><c>message.edit</c>: the same as <c>PATCH /api/messages/{id}</c> with a text.</summary>
internal sealed class EditMessageCommand(MessageCommands commands, ApiJson json)
    : MessageCommand<EditMessageArgument>(commands, json)
{
    private readonly MessageCommands _commands = commands;

    /// <inheritdoc/>
    public override string Name => SocketEvents.MessageEdit;

    private protected override ValueTask<Result<Message>> ExecuteAsync(
        Caller caller, Message message, EditMessageArgument input, CancellationToken cancellationToken) =>
        _commands.EditAsync(
            caller, message, new EditMessageInput(input.Text, Attributes: null, Mentions: null), etag: null, cancellationToken);
}

/// <summary>The argument of <c>message.edit</c>.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Text">The new text.</param>
internal sealed record EditMessageArgument(string? MessageId, string? Text) : IMessageArgument;
