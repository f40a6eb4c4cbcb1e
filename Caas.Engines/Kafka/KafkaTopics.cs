using System.Text.RegularExpressions;
using Caas.Domain.Events;

namespace Caas.Engines.Kafka;

/// <summary>
/// Every name that the product has in Kafka.
/// <list type="table">
/// <item><term>topics</term><description>those of <see cref="Topics"/>, after the prefix; what travels there is said at each</description></item>
/// <item><term>groups</term><description>those of <see cref="ConsumerGroups"/>, after the prefix</description></item>
/// <item><term><c>group.instance.id</c></term><description>node, topic and group, where the node has a lasting name</description></item>
/// <item><term>header <c>traceparent</c></term><description>the W3C traceparent in ASCII</description></item>
/// </list>
/// </summary>
internal sealed partial class KafkaTopics(KafkaOptions options)
{
    /// <summary>The connection string's name.</summary>
    public const string ConnectionName = "kafka";

    /// <summary>The header of a record with the W3C traceparent.</summary>
    public const string TraceParentHeader = "traceparent";

    /// <summary>Which groups read which topic, wherever they run: the status tells of all of them.</summary>
    public static IReadOnlyList<(string Topic, string Group)> Readers { get; } =
    [
        (Topics.Events, ConsumerGroups.Delivery),
        (Topics.Events, ConsumerGroups.Erasure),
        (Topics.Events, ConsumerGroups.NewClients),
        (Topics.Notifications, ConsumerGroups.Notifications),
        (Topics.DeadLetters, ConsumerGroups.DeadLetters),
        (Topics.DeadLetters, ConsumerGroups.Replays),
    ];

    /// <summary>The name in Kafka of a topic or a group.</summary>
    public string InKafka(string name) => options.Prefix + name;

    /// <summary>The lasting name of a member; null where the node has none.</summary>
    public string? InstanceOf(string topic, string group) =>
        options.NodeName is { } node ? $"{node}.{topic}.{group}" : null;

    /// <summary>Whether Kafka takes this as the name of a topic.</summary>
    public static bool IsName(string? name) => name is { Length: >= 1 and <= 249 } && Names.IsMatch(name);

    /// <summary>Refuses what Kafka does not take as a name.</summary>
    public void Check(string name)
    {
        if (!IsName(name) || !IsName(InKafka(name)))
        {
            throw new ArgumentException($"'{name}' is not 1 to 249 of A-Z a-z 0-9 . _ -", nameof(name));
        }
    }

    [GeneratedRegex("^[A-Za-z0-9._-]+$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Names { get; }
}
