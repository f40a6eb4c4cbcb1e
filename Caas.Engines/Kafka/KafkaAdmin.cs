using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.Kafka;

/// <summary>
/// What is asked of the cluster beside reading and writing. Each question ends within <see cref="KafkaOptions.RequestTimeout"/>;
/// an <see cref="IOException"/> where it is not answered. Thread-safe.
/// </summary>
internal sealed class KafkaAdmin(
    KafkaClientConfigs configs, KafkaOptions options, TimeProvider clock, ILogger<KafkaEventStream> logger) : IDisposable
{
    // The library keeps to the time-out by itself; should it not, nobody waits for ever.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Lazy<IAdminClient> _client = new(() => new AdminClientBuilder(configs.Admin())
        .SetErrorHandler((_, error) => KafkaLog.Tell(logger, error))
        .SetLogHandler((_, line) => KafkaLog.Library(logger, line.Level, line.Facility, line.Message))
        .Build());

    /// <summary>These topics, as far as they are there.</summary>
    public async Task<IReadOnlyList<TopicDescription>> DescribeAsync(
        IReadOnlyCollection<string> topics, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskAsync(
                client => client.DescribeTopicsAsync(
                    TopicCollection.OfTopicNames(topics), new DescribeTopicsOptions { RequestTimeout = options.RequestTimeout }),
                cancellationToken).ConfigureAwait(false);
            return answer.TopicDescriptions;
        }
        catch (DescribeTopicsException partial) when (partial.Results.TopicDescriptions.TrueForAll(static topic => IsAnswer(topic.Error)))
        {
            return [.. partial.Results.TopicDescriptions.Where(static topic => !topic.Error.IsError)];
        }
        catch (KafkaException failure)
        {
            throw KafkaFailure.OfRequest(failure.Error);
        }
    }

    /// <summary>Creates a topic; one that another process has just created is as good.</summary>
    public async Task CreateAsync(string topic, TopicSettings settings, CancellationToken cancellationToken)
    {
        var specification = new TopicSpecification
        {
            Name = topic,
            NumPartitions = settings.Partitions,
            ReplicationFactor = (short)settings.ReplicationFactor,
            Configs = settings.ToConfigs(),
        };
        try
        {
            await AskAsync(client => CreateAsync(client, specification), cancellationToken).ConfigureAwait(false);
            KafkaLog.TopicCreated(logger, topic, settings.Partitions);
        }
        catch (CreateTopicsException refused) when (refused.Results.TrueForAll(
            static result => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // It is there.
        }
        catch (CreateTopicsException refused)
        {
            throw KafkaFailure.OfRequest(refused.Results[0].Error);
        }
        catch (KafkaException failure)
        {
            throw KafkaFailure.OfRequest(failure.Error);
        }
    }

    /// <summary>The settings of a topic by their names.</summary>
    public Task<IReadOnlyDictionary<string, string>> ReadConfigsAsync(string topic, CancellationToken cancellationToken) =>
        ReadConfigsAsync(ResourceType.Topic, topic, cancellationToken);

    /// <summary>The settings of a broker, or of another resource.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadConfigsAsync(
        ResourceType type, string name, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskAsync(
                client => client.DescribeConfigsAsync(
                    [new ConfigResource { Type = type, Name = name }],
                    new DescribeConfigsOptions { RequestTimeout = options.RequestTimeout }),
                cancellationToken).ConfigureAwait(false);
            return answer[0].Entries
                .ToDictionary(static entry => entry.Key, static entry => entry.Value.Value, StringComparer.Ordinal);
        }
        catch (KafkaException failure)
        {
            throw KafkaFailure.OfRequest(failure.Error);
        }
    }

    /// <summary>The brokers that the cluster has now.</summary>
    public async Task<IReadOnlyList<Node>> ReadBrokersAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskAsync(
                client => client.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = options.RequestTimeout }),
                cancellationToken).ConfigureAwait(false);
            return answer.Nodes;
        }
        catch (KafkaException failure)
        {
            throw KafkaFailure.OfRequest(failure.Error);
        }
    }

    /// <summary>The first kept offset of each partition, or the offset of its next record.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> ReadOffsetsAsync(
        IReadOnlyCollection<TopicPartition> partitions, OffsetSpec which, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskAsync(
                client => client.ListOffsetsAsync(
                    partitions.Select(one => new TopicPartitionOffsetSpec { TopicPartition = one, OffsetSpec = which }),
                    new ListOffsetsOptions { RequestTimeout = options.RequestTimeout }),
                cancellationToken).ConfigureAwait(false);
            return answer.ResultInfos
                .Select(static one => one.TopicPartitionOffsetError)
                .ToDictionary(static one => one.TopicPartition, static one => one.Offset.Value);
        }
        catch (KafkaException failure)
        {
            throw KafkaFailure.OfRequest(failure.Error);
        }
    }

    /// <summary>What a group has committed; without the partitions of which it has committed nothing.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> ReadCommittedAsync(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskAsync(
                client => client.ListConsumerGroupOffsetsAsync(
                    [new ConsumerGroupTopicPartitions(group, [.. partitions])],
                    new ListConsumerGroupOffsetsOptions { RequestTimeout = options.RequestTimeout }),
                cancellationToken).ConfigureAwait(false);
            return answer[0].Partitions
                .Where(static one => !one.Error.IsError && one.Offset.Value >= 0)
                .ToDictionary(static one => one.TopicPartition, static one => one.Offset.Value);
        }
        catch (KafkaException failure)
        {
            throw KafkaFailure.OfRequest(failure.Error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    private async Task<T> AskAsync<T>(Func<IAdminClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(_client.Value).WaitAsync(options.RequestTimeout + Grace, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw KafkaFailure.OfRequest(new Error(ErrorCode.Local_TimedOut));
        }
    }

    private async Task<bool> CreateAsync(IAdminClient client, TopicSpecification topic)
    {
        await client.CreateTopicsAsync(
            [topic],
            new CreateTopicsOptions { RequestTimeout = options.RequestTimeout, OperationTimeout = options.RequestTimeout })
            .ConfigureAwait(false);
        return true;
    }

    private static bool IsAnswer(Error error) => error.Code is ErrorCode.NoError or ErrorCode.UnknownTopicOrPart;
}
