using Caas.Domain.Errors;
using Caas.Domain.Presence;
using Caas.Http.Json;
using Caas.Messaging.Realtime;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Presence;

/// <summary><c>presence.subscribe</c>: changes of these users, from now on, and how they are now.</summary>
internal sealed class PresenceSubscribeCommand(ReadPresence read, PresenceNode node, ApiJson json) : ISocketCommand
{
    /// <inheritdoc/>
    public string Name => SocketEvents.PresenceSubscribe;

    /// <inheritdoc/>
    public async ValueTask<Result<ReadOnlyMemory<byte>>> ExecuteAsync(
        ChatSession session, InboundEvent command, CancellationToken cancellationToken)
    {
        if (!StrictJson.Read<PresenceSubscribeInput>(command.Argument.Span, json).TryGet(out var input, out var error))
        {
            return error;
        }

        if (input.UserIds is [])
        {
            node.Watch(session, []);
            return Acknowledgement.Spread(PresenceAnswer.Of([]), json.TypeInfo<PresenceAnswer>());
        }

        var answered = await read.ExecuteAsync(session.Caller, input.UserIds, cancellationToken);
        if (!answered.TryGet(out var presences, out error))
        {
            return error;
        }

        node.Watch(session, [.. presences.Select(presence => presence.UserId)]);
        return Acknowledgement.Spread(PresenceAnswer.Of(presences), json.TypeInfo<PresenceAnswer>());
    }
}

/// <summary>The argument of <c>presence.subscribe</c>.</summary>
/// <param name="UserIds">The users, at most 200; replaces the earlier ones, empty for none.</param>
internal sealed record PresenceSubscribeInput(IReadOnlyList<string?>? UserIds);
