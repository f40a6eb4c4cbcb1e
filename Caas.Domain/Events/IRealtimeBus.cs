using Caas.Domain.Ids;

namespace Caas.Domain.Events;

/// <summary>
/// Brings what happens to every node. At most once, and says so: each shard of the bus carries its own counter and a
/// heartbeat, so that a node knows when it missed something, and then reads it from the store. Thread-safe.
/// </summary>
public interface IRealtimeBus
{
    /// <summary>
    /// Sends to every node. Signals of one conversation are received in the order in which they were sent, where one
    /// caller awaits the one before the next. An engine that is away is no exception: the signal is dropped within the
    /// engine's time-out, and the receivers are told of a gap.
    /// </summary>
    ValueTask PublishAsync(RealtimeSignal signal, CancellationToken cancellationToken);

    /// <summary>
    /// Receives from now on. The receiver is called one signal at a time for a shard; what it cannot take in time is
    /// dropped and told as a gap, never queued without end. While the engine is away every shard is told as a gap, again
    /// and again. Disposing ends it.
    /// </summary>
    ValueTask<IAsyncDisposable> SubscribeAsync(IRealtimeReceiver receiver, CancellationToken cancellationToken);
}

/// <summary>A node's end of the bus.</summary>
public interface IRealtimeReceiver
{
    /// <summary>Something happened.</summary>
    ValueTask ReceiveAsync(RealtimeSignal signal, CancellationToken cancellationToken);

    /// <summary>
    /// Something of this shard was missed, or its heartbeat is late. <paramref name="shards"/> is how many there are; a
    /// conversation belongs to the shard of <see cref="RealtimeShard"/>.
    /// </summary>
    ValueTask GapAsync(int shard, int shards, CancellationToken cancellationToken);
}

/// <summary>One thing for the sockets.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="ConversationId">To the members of this conversation; null for a user's own channel.</param>
/// <param name="UserId">To this user's devices, also where a conversation is named (it is about them); null for all.</param>
/// <param name="Version">The version of a kept change; null for what is not kept.</param>
/// <param name="Type">One of <see cref="EventTypes"/>.</param>
/// <param name="Body">The envelope as UTF-8 JSON.</param>
/// <param name="TraceParent">The W3C traceparent; null for none.</param>
public sealed record RealtimeSignal(
    ClientId ClientId,
    ConversationId? ConversationId,
    UserId? UserId,
    long? Version,
    string Type,
    ReadOnlyMemory<byte> Body,
    string? TraceParent);

/// <summary>How signals are spread over the shards of the bus; the same on every node.</summary>
public static class RealtimeShard
{
    /// <summary>The shard of a signal.</summary>
    public static int Of(RealtimeSignal signal, int shards) => signal.ConversationId is { } conversation
        ? Of(conversation, shards)
        : (int)(Fnv(System.Text.Encoding.UTF8.GetBytes(signal.UserId?.Value ?? string.Empty)) % (uint)shards);

    /// <summary>The shard of a conversation.</summary>
    public static int Of(ConversationId conversationId, int shards)
    {
        Span<byte> bytes = stackalloc byte[16];
        conversationId.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return (int)(Fnv(bytes) % (uint)shards);
    }

    // FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/): stable between processes, unlike GetHashCode.
    private static uint Fnv(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u;
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * 16777619u;
        }

        return hash;
    }
}
