using System.Text.Json;
using System.Text.Json.Serialization;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Realtime;

/// <summary>What a node says about a connection.</summary>
internal static class SessionMessages
{
    /// <summary><c>sync.required</c>.</summary>
    public static EncodedEvent SyncRequired { get; } = EncodedEvent.Create(SocketEvents.SyncRequired, "{}"u8);

    /// <summary><c>session.ended</c> with a reason.</summary>
    public static EncodedEvent Ended(string reason) => EncodedEvent.Create(
        SocketEvents.SessionEnded,
        JsonSerializer.SerializeToUtf8Bytes(new SessionEnded(reason), SessionJson.Default.SessionEnded));

    /// <summary><c>session.expiring</c>.</summary>
    public static EncodedEvent Expiring(DateTimeOffset expiresAt) => EncodedEvent.Create(
        SocketEvents.SessionExpiring,
        JsonSerializer.SerializeToUtf8Bytes(new SessionExpiring(expiresAt), SessionJson.Default.SessionExpiring));

    /// <summary><c>session.ready</c>.</summary>
    public static EncodedEvent Ready(ChatSession session, DateTimeOffset now)
    {
        var caller = session.Caller;
        var ready = new SessionReady(
            caller.UserId!.Value, caller.DeviceId!.Value, caller.SessionId!.Value, now, session.ExpiresAt);
        return EncodedEvent.Create(
            SocketEvents.SessionReady, JsonSerializer.SerializeToUtf8Bytes(ready, SessionJson.Default.SessionReady));
    }

    /// <summary><c>server.draining</c>, with a moment to wait so that not all come back at once.</summary>
    public static EncodedEvent Draining(int reconnectAfterMs) => EncodedEvent.Create(
        SocketEvents.ServerDraining,
        JsonSerializer.SerializeToUtf8Bytes(new ServerDraining(reconnectAfterMs), SessionJson.Default.ServerDraining));
}

internal sealed record SessionReady(
    UserId UserId, DeviceId DeviceId, SessionId SessionId, DateTimeOffset ServerTime, DateTimeOffset ExpiresAt);

internal sealed record SessionExpiring(DateTimeOffset ExpiresAt);

internal sealed record SessionEnded(string Reason);

internal sealed record ServerDraining(int ReconnectAfterMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(TimestampConverter)])]
[JsonSerializable(typeof(SessionReady))]
[JsonSerializable(typeof(SessionExpiring))]
[JsonSerializable(typeof(SessionEnded))]
[JsonSerializable(typeof(ServerDraining))]
internal sealed partial class SessionJson : JsonSerializerContext;
