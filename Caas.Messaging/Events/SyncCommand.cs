using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Http.Json;
using Caas.Messaging.Realtime;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Events;

/// <summary><c>sync.request</c>: the same as <c>POST /api/sync</c>.</summary>
internal sealed class SyncCommand(SyncChanges sync, ApiJson json) : ISocketCommand
{
    /// <inheritdoc/>
    public string Name => SocketEvents.SyncRequest;

    /// <inheritdoc/>
    public async ValueTask<Result<ReadOnlyMemory<byte>>> ExecuteAsync(
        ChatSession session, InboundEvent command, CancellationToken cancellationToken)
    {
        if (!StrictJson.Read<SyncInput>(command.Argument.Span, json).TryGet(out var input, out var error))
        {
            return error;
        }

        var synced = await sync.ExecuteAsync(session.Caller, input, cancellationToken);
        return synced.TryGet(out var answer, out error)
            ? Acknowledgement.Spread(answer, json.TypeInfo<SyncAnswer>())
            : error;
    }
}
