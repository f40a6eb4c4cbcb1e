using System.Collections.Concurrent;
using Caas.Domain.Events;
using Confluent.Kafka.Admin;

namespace Caas.Engines.Kafka;

/// <summary>Makes the topics that are missing and compares those that are there, where the options allow it. Thread-safe.</summary>
internal sealed class TopicKeeper(KafkaAdmin admin, KafkaTopics names, KafkaOptions options)
{
    private readonly TopicSettings _wanted = TopicSettings.Wanted(options);
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>The product's topics, at the start: what is wrong with them, empty where nothing is.</summary>
    public async Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var there = await DescribeAsync(Topics.All, cancellationToken).ConfigureAwait(false);
        foreach (var topic in Topics.All)
        {
            faults.AddRange(await OpenAsync(topic, there.GetValueOrDefault(names.InKafka(topic)), cancellationToken).ConfigureAwait(false));
            _known[topic] = true;
        }

        return faults;
    }

    /// <summary>What is wrong with each of the product's topics now, null where it is missing; makes none.</summary>
    public async Task<IReadOnlyList<(string Topic, IReadOnlyList<string>? Faults)>> ExamineAsync(CancellationToken cancellationToken)
    {
        var found = new List<(string Topic, IReadOnlyList<string>? Faults)>();
        var there = await DescribeAsync(Topics.All, cancellationToken).ConfigureAwait(false);
        foreach (var topic in Topics.All.Select(names.InKafka))
        {
            found.Add((topic, there.TryGetValue(topic, out var known) ? await CompareAsync(topic, known, cancellationToken).ConfigureAwait(false) : null));
        }

        return found;
    }

    /// <summary>A topic before its first use; nothing is asked again.</summary>
    public ValueTask EnsureAsync(string topic, CancellationToken cancellationToken) =>
        _known.ContainsKey(topic) ? ValueTask.CompletedTask : EnsureNewAsync(topic, cancellationToken);

    private async ValueTask EnsureNewAsync(string topic, CancellationToken cancellationToken)
    {
        names.Check(topic);
        if (options.CreateTopics)
        {
            var there = await DescribeAsync([topic], cancellationToken).ConfigureAwait(false);
            if (there.Count == 0)
            {
                await admin.CreateAsync(names.InKafka(topic), _wanted, cancellationToken).ConfigureAwait(false);
            }
        }

        _known[topic] = true;
    }

    private async Task<IReadOnlyList<string>> OpenAsync(
        string topic, TopicDescription? there, CancellationToken cancellationToken)
    {
        var name = names.InKafka(topic);
        if (there is null)
        {
            if (!options.CreateTopics)
            {
                return options.CheckTopics
                    ? [$"topic {name} is missing and is not to be created ({KafkaOptions.Section}:{nameof(KafkaOptions.CreateTopics)})"]
                    : [];
            }

            await admin.CreateAsync(name, _wanted, cancellationToken).ConfigureAwait(false);
            return [];
        }

        return options.CheckTopics ? await CompareAsync(name, there, cancellationToken).ConfigureAwait(false) : [];
    }

    private async Task<IReadOnlyList<string>> CompareAsync(string name, TopicDescription there, CancellationToken cancellationToken)
    {
        var configs = await admin.ReadConfigsAsync(name, cancellationToken).ConfigureAwait(false);
        var replicas = there.Partitions.Min(static partition => partition.Replicas.Count);
        return _wanted.FindFaults(name, TopicSettings.Actual(there.Partitions.Count, replicas, configs));
    }

    private async Task<Dictionary<string, TopicDescription>> DescribeAsync(
        IEnumerable<string> topics, CancellationToken cancellationToken) =>
        (await admin.DescribeAsync([.. topics.Select(names.InKafka)], cancellationToken).ConfigureAwait(false))
            .ToDictionary(static topic => topic.Name, StringComparer.Ordinal);
}
