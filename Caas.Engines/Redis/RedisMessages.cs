using Microsoft.Extensions.Logging;

namespace Caas.Engines.Redis;

/// <summary>What the Redis adapters tell their operator: ports and numbers, never keys, values or addresses.</summary>
internal static partial class RedisMessages
{
    [LoggerMessage(7001, LogLevel.Warning, "Redis does not answer: {Port} goes on without it and asks every {Interval}.")]
    public static partial void Away(ILogger logger, string port, TimeSpan interval, Exception exception);

    [LoggerMessage(7002, LogLevel.Information, "Redis answers again: {Port} is back on it.")]
    public static partial void Back(ILogger logger, string port);

    [LoggerMessage(7003, LogLevel.Warning, "Redis cannot be reached; the start goes on without it.")]
    public static partial void NotReached(ILogger logger, Exception exception);

    [LoggerMessage(7011, LogLevel.Error, "A receiver of the realtime bus failed in shard {Shard}; it is told as a gap.")]
    public static partial void ReceiverFailed(ILogger logger, int shard, Exception exception);

    [LoggerMessage(7012, LogLevel.Warning, "{Silent} of {Shards} shards of the realtime bus are silent; they are told as gaps every {Silence}.")]
    public static partial void Silent(ILogger logger, int silent, int shards, TimeSpan silence);

    [LoggerMessage(7013, LogLevel.Information, "Every shard of the realtime bus is heard again.")]
    public static partial void Heard(ILogger logger);

    [LoggerMessage(7014, LogLevel.Warning, "Shard {Shard} of the realtime bus got bytes that are no frame; more of them are only counted.")]
    public static partial void FrameRefused(ILogger logger, int shard);

    [LoggerMessage(7015, LogLevel.Error, "A round of the realtime bus failed; the next one goes on.")]
    public static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(7016, LogLevel.Error, "The other nodes have {Other} shards of the realtime bus, this one {Own}: some of what they send is not heard here.")]
    public static partial void ShardsDiffer(ILogger logger, int other, int own);
}
