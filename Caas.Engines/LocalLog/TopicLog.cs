using System.Collections.Concurrent;
using Caas.Domain.Events;

namespace Caas.Engines.LocalLog;

/// <summary>One topic in memory: its partitions and the groups that read it.</summary>
internal sealed class TopicLog(string name, IReadOnlyList<PartitionLog> partitions, Func<TopicLog, string, ConsumerGroup> makeGroup)
{
    private readonly ConcurrentDictionary<string, ConsumerGroup> _groups = new(StringComparer.Ordinal);

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its partitions, by number.</summary>
    public IReadOnlyList<PartitionLog> Partitions => partitions;

    /// <summary>The group of this name.</summary>
    public ConsumerGroup Group(string group) => _groups.GetOrAdd(group, static (key, topic) => topic.Make(key), this);

    /// <summary>Wakes who reads this partition.</summary>
    public void Notify(int partition)
    {
        foreach (var (_, group) in _groups)
        {
            group.Notify(partition);
        }
    }

    /// <summary>Ends every reader's waiting; nothing comes any more.</summary>
    public void Close()
    {
        foreach (var (_, group) in _groups)
        {
            group.Close();
        }
    }

    /// <summary>How far each group is.</summary>
    public IEnumerable<GroupLag> ReadLag() => partitions.SelectMany(partition => _groups.IsEmpty
        ? [new GroupLag(name, partition.Number, Group: null, partition.Start, partition.End)]
        : _groups.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(pair =>
            new GroupLag(name, partition.Number, pair.Key, pair.Value.Committed(partition.Number), partition.End)));

    private ConsumerGroup Make(string group) => makeGroup(this, group);
}
