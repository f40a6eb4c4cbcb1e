using Caas.Domain.Events;

namespace Caas.Gateway.Platform;

/// <summary>A topic of the event stream.</summary>
/// <param name="Name">The name.</param>
/// <param name="Partitions">Its partitions.</param>
/// <param name="Groups">The consumer groups that read it.</param>
internal sealed record TopicView(string Name, IReadOnlyList<PartitionView> Partitions, IReadOnlyList<string> Groups)
{
    /// <summary>The topic of what is known of its partitions.</summary>
    public static TopicView Of(string name, IEnumerable<GroupLag> lags)
    {
        var known = lags.ToList();
        return new TopicView(
            name,
            [
                .. known.GroupBy(lag => lag.Partition)
                    .OrderBy(partition => partition.Key)
                    .Select(partition => new PartitionView(partition.Key, partition.Max(lag => lag.EndOffset))),
            ],
            [.. known.Select(lag => lag.Group).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}

/// <summary>A partition of a topic.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="EndOffset">The offset of the next record.</param>
internal sealed record PartitionView(int Partition, long EndOffset);
