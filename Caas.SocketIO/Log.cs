using Caas.SocketIO.Packets;
using Microsoft.Extensions.Logging;

namespace Caas.SocketIO;

/// <summary>Every line that this project logs. Never a body, a token or a session id of Engine.IO (it is a credential).</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Debug, "Session from {RemoteAddress} opened over {Transport}.")]
    public static partial void SessionOpened(ILogger logger, string? remoteAddress, string transport);

    [LoggerMessage(4002, LogLevel.Debug, "Session from {RemoteAddress} ended: {Reason}.")]
    public static partial void SessionEnded(ILogger logger, string? remoteAddress, SocketCloseReason reason);

    [LoggerMessage(4003, LogLevel.Information, "Session from {RemoteAddress} broke the protocol: {Error}.")]
    public static partial void BadPacket(ILogger logger, string? remoteAddress, PacketError error);

    [LoggerMessage(4004, LogLevel.Error, "The handler failed in {Method} for connection {ConnectionId}.")]
    public static partial void HandlerFailed(ILogger logger, Exception failure, string method, string connectionId);

    [LoggerMessage(4005, LogLevel.Error, "The origin check failed, which denies.")]
    public static partial void OriginCheckFailed(ILogger logger, Exception failure);

    [LoggerMessage(4006, LogLevel.Warning, "Connection {ConnectionId} is closed as slow with {QueuedBytes} bytes waiting.")]
    public static partial void ClosedAsSlow(ILogger logger, string connectionId, int queuedBytes);

    [LoggerMessage(4007, LogLevel.Warning, "A session was refused: {MaxConnections} are open.")]
    public static partial void Full(ILogger logger, int maxConnections);

    [LoggerMessage(4008, LogLevel.Error, "The sweep failed for one session, which is ended.")]
    public static partial void SweepFailed(ILogger logger, Exception failure);

    [LoggerMessage(4011, LogLevel.Error, "Sending failed for a reason of our own; the session is ended.")]
    public static partial void SendFailed(ILogger logger, Exception failure);

    [LoggerMessage(4009, LogLevel.Information, "Stopping: {Connections} connections are told {Reason}.")]
    public static partial void Stopping(ILogger logger, int connections, SocketCloseReason reason);

    [LoggerMessage(4010, LogLevel.Warning, "Stopped before {Connections} connections had ended; they are cut.")]
    public static partial void StoppedEarly(ILogger logger, int connections);
}
