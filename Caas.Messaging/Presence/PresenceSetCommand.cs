using Caas.Domain.Errors;
using Caas.Domain.Presence;
using Caas.Http.Json;
using Caas.Messaging.Realtime;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Presence;

/// <summary><c>presence.set</c>: what this device says of its user.</summary>
internal sealed class PresenceSetCommand(PresenceNode node, ApiJson json) : ISocketCommand
{
    /// <inheritdoc/>
    public string Name => SocketEvents.PresenceSet;

    /// <inheritdoc/>
    public async ValueTask<Result<ReadOnlyMemory<byte>>> ExecuteAsync(
        ChatSession session, InboundEvent command, CancellationToken cancellationToken)
    {
        if (!StrictJson.Read<PresenceSetInput>(command.Argument.Span, json).TryGet(out var input, out var error))
        {
            return error;
        }

        if (PresenceWords.Parse(input.Status) is not { } status)
        {
            return Error.Invalid("status", "must be one of: online, away.");
        }

        session.Status = status;
        await node.TouchAsync(session, cancellationToken);
        return Acknowledgement.Empty;
    }
}

/// <summary>The argument of <c>presence.set</c>.</summary>
/// <param name="Status"><c>online</c> or <c>away</c>.</param>
internal sealed record PresenceSetInput(string? Status);
