using Caas.Domain.Errors;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Realtime;

/// <summary>
/// One command that a client sends over its socket: the same handler as over HTTP, with the same validation, permission,
/// limit and idempotency. Registered once; found by its name.
/// </summary>
internal interface ISocketCommand
{
    /// <summary>The event's name: imperative, for commands go up and past-tense events come down.</summary>
    string Name { get; }

    /// <summary>
    /// Executes, and gives what the acknowledgement says beside <c>ok: true</c>: the members of a JSON object without
    /// its braces, empty for none.
    /// </summary>
    ValueTask<Result<ReadOnlyMemory<byte>>> ExecuteAsync(
        ChatSession session, InboundEvent command, CancellationToken cancellationToken);
}
