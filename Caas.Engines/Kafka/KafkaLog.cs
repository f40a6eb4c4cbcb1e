using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.Kafka;

/// <summary>What the Kafka engine tells its operator: names and numbers, never keys or values of records, never a setting.</summary>
internal static partial class KafkaLog
{
    /// <summary>A producer whose troubles are told, and which is replaced after the last.</summary>
    public static ProducerBuilder<byte[], byte[]> Producer(IServiceProvider services)
    {
        var logger = services.GetRequiredService<ILogger<KafkaEventStream>>();
        return new ProducerBuilder<byte[], byte[]>(services.GetRequiredService<KafkaClientConfigs>().Producer)
            .SetLogHandler((_, line) => Library(logger, line.Level, line.Facility, line.Message))
            .SetErrorHandler((producer, error) =>
            {
                Tell(logger, error);
                if (error.IsFatal)
                {
                    services.GetRequiredService<KafkaProducer>().Replace(producer);
                }
            });
    }

    /// <summary>Tells of an error that belongs to no call. A broker that is away is told once, not at each attempt.</summary>
    public static void Tell(ILogger logger, Error error)
    {
        if (error.IsFatal)
        {
            ClientFailed(logger, error.Code);
        }
        else if (error.Code is ErrorCode.Local_AllBrokersDown)
        {
            BrokersAway(logger);
        }
    }

    [LoggerMessage(7101, LogLevel.Warning, "No broker of Kafka can be reached.")]
    public static partial void BrokersAway(ILogger logger);

    [LoggerMessage(7102, LogLevel.Error, "A Kafka client is of no more use and is replaced: {Code}.")]
    public static partial void ClientFailed(ILogger logger, ErrorCode code);

    [LoggerMessage(7103, LogLevel.Debug, "Kafka client {Level} {Facility}: {Line}")]
    public static partial void Library(ILogger logger, SyslogLevel level, string facility, string line);

    [LoggerMessage(7104, LogLevel.Information, "{Group} got the partitions {Partitions} of {Topic}.")]
    public static partial void Assigned(ILogger logger, string topic, string group, string partitions);

    [LoggerMessage(7105, LogLevel.Information, "{Group} gave back the partitions {Partitions} of {Topic}.")]
    public static partial void Revoked(ILogger logger, string topic, string group, string partitions);

    [LoggerMessage(7106, LogLevel.Warning, "{Group} lost the partitions {Partitions} of {Topic}: it was silent for too long.")]
    public static partial void Lost(ILogger logger, string topic, string group, string partitions);

    [LoggerMessage(7107, LogLevel.Critical, "{Topic}/{Partition} cannot be read past offset {Offset}: {Code}.")]
    public static partial void Damaged(ILogger logger, string topic, int partition, long offset, ErrorCode code);

    [LoggerMessage(7108, LogLevel.Warning, "{Topic}/{Partition}: group {Group} was at offset {Offset}, which is no longer kept; it goes on at {Start}.")]
    public static partial void OffsetRetainedAway(ILogger logger, string topic, int partition, string group, long offset, long start);

    [LoggerMessage(7109, LogLevel.Warning, "Committed offsets of {Group} on {Topic} could not be sent; they are sent again: {Code}.")]
    public static partial void OffsetsNotSent(ILogger logger, string topic, string group, ErrorCode code);

    [LoggerMessage(7110, LogLevel.Warning, "{Group} could not read {Topic} and goes on: {Code}.")]
    public static partial void ReadFailed(ILogger logger, string topic, string group, ErrorCode code);

    [LoggerMessage(7111, LogLevel.Error, "{Group} is no more a member for {Topic}: {Code}.")]
    public static partial void MemberFailed(ILogger logger, string topic, string group, ErrorCode code);

    [LoggerMessage(7112, LogLevel.Warning, "{Group} did not leave {Topic} in time; its partitions go to others when its session ends.")]
    public static partial void LeftBehind(ILogger logger, string topic, string group);

    [LoggerMessage(7113, LogLevel.Information, "Topic {Topic} was created with {Partitions} partitions.")]
    public static partial void TopicCreated(ILogger logger, string topic, int partitions);

    [LoggerMessage(7114, LogLevel.Warning, "The start waits for Kafka: {Reason}")]
    public static partial void StartWaits(ILogger logger, string reason);
}
