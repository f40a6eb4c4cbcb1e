using Microsoft.Extensions.Logging;

namespace Caas.Engines.LocalLog;

/// <summary>What the embedded event stream tells its operator: names and numbers, never keys or values of records.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(4101, LogLevel.Error, "Group write of {Requests} requests failed; the file will be opened anew.")]
    public static partial void WriteFailed(ILogger logger, int requests, Exception exception);

    [LoggerMessage(4102, LogLevel.Warning, "A group write of {Requests} requests was refused; each is tried alone.")]
    public static partial void WriteSplit(ILogger logger, int requests, Exception exception);

    [LoggerMessage(4103, LogLevel.Critical, "The batch of {Topic}/{Partition} at offset {Offset} is refused; the partition is not read past it.")]
    public static partial void BatchRefused(ILogger logger, string topic, int partition, long offset, Exception exception);

    [LoggerMessage(4104, LogLevel.Warning, "{Topic}/{Partition}: group {Group} was at offset {Offset}, which is no longer kept; it goes on at {Start}.")]
    public static partial void OffsetRetainedAway(ILogger logger, string topic, int partition, string group, long offset, long start);

    [LoggerMessage(4105, LogLevel.Information, "{Topic}/{Partition}: {Batches} batches dropped, the first kept offset is {Start}.")]
    public static partial void Retained(ILogger logger, string topic, int partition, int batches, long start);

    [LoggerMessage(4106, LogLevel.Error, "Committed offsets could not be flushed; they are kept and tried again.")]
    public static partial void OffsetsNotFlushed(ILogger logger, Exception exception);

    [LoggerMessage(4107, LogLevel.Error, "Retention failed; it is tried again later.")]
    public static partial void RetentionFailed(ILogger logger, Exception exception);
}
