using System.Collections.Concurrent;

namespace Caas.Engines.Kafka;

/// <summary>The members of consumer groups in this process. Thread-safe.</summary>
internal sealed class KafkaMembers(KafkaTopics names, MemberTools tools) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<KafkaSubscription, bool> _members = new();
    private readonly ConcurrentDictionary<(string Topic, string Group), bool> _joined = new();

    /// <summary>Which groups read which topic: those that this process joined, and the product's own wherever they run.</summary>
    public IEnumerable<(string Topic, string Group)> Readers => _joined.Keys.Union(KafkaTopics.Readers);

    /// <summary>A new member.</summary>
    public KafkaSubscription Join(string topic, string group)
    {
        names.Check(group);
        _joined[(topic, group)] = true;
        var member = new KafkaSubscription(topic, group, tools) { Left = left => _members.TryRemove(left, out _) };
        _members[member] = true;
        return member;
    }

    /// <summary>How far a member of this process committed a partition that it holds; null where none did.</summary>
    public long? Committed(string topic, string group, int partition) => _members.Keys
        .Where(member => member.Topic == topic && member.Group == group)
        .Max(member => member.Committed(partition));

    /// <summary>All of them leave.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_members.Keys.Select(static member => member.DisposeAsync().AsTask())).ConfigureAwait(false);
}
