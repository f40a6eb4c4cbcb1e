using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Messages;
using Caas.Domain.Reactions;
using Caas.Http.Json;
using Caas.Messaging.Messages;
using Caas.Messaging.Realtime;

namespace Caas.Messaging.Reactions;

/// <summary><c>reaction.add</c> and <c>reaction.remove</c>: the same as PUT and DELETE of a message's reaction.</summary>
internal sealed class ReactionCommand(bool adds, React react, IMessageReader messages, MessageCommands commands, ApiJson json)
    : MessageCommand<ReactionArgument>(commands, json)
{
    /// <inheritdoc/>
    public override string Name => adds ? SocketEvents.ReactionAdd : SocketEvents.ReactionRemove;

    private protected override async ValueTask<Result<Message>> ExecuteAsync(
        Caller caller, Message message, ReactionArgument input, CancellationToken cancellationToken)
    {
        var done = await react.ExecuteAsync(caller, message, input.Emoji, adds, cancellationToken);
        if (!done.TryGet(out var commit, out var error))
        {
            return error;
        }

        return await messages.FindAsync(caller.ClientId, caller.UserId, message.Id, cancellationToken) ?? commit.Message!;
    }
}

/// <summary>The argument of <c>reaction.add</c> and <c>reaction.remove</c>.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Emoji">The emoji, or a short name.</param>
internal sealed record ReactionArgument(string? MessageId, string? Emoji) : IMessageArgument;
