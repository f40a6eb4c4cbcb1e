using Caas.Domain.Events;

namespace Caas.Tests.Consumers;

/// <summary>
/// An event stream in memory that a test can break: appends that fail, members that are lost, partitions that are damaged,
/// groups that begin again before what they committed. Used by one thread.
/// </summary>
internal sealed class ScriptedStream(int partitions, TimeProvider clock) : IEventStream
{
    private readonly Dictionary<(string Topic, int Partition), List<ConsumedRecord>> _logs = [];
    private readonly Dictionary<(string Topic, string Group, int Partition), long> _committed = [];
    private readonly List<Member> _members = [];

    /// <summary>Whether an append to a topic fails now.</summary>
    public Func<string, bool> Refuses { get; set; } = static _ => false;

    /// <summary>Where a group that joins begins, given what it committed.</summary>
    public Func<long, long> Begins { get; set; } = static committed => committed;

    /// <summary>How many records a read gives.</summary>
    public Func<int> BatchSize { get; set; } = static () => 4;

    /// <summary>Looks at each commit: topic, group, partition, next offset.</summary>
    public Action<string, string, int, long> Committing { get; set; } = static (_, _, _, _) => { };

    public HashSet<(string Topic, int Partition)> Damaged { get; } = [];

    public IReadOnlyList<ConsumedRecord> Log(string topic, int partition) => LogOf(topic, partition);

    public IEnumerable<ConsumedRecord> All(string topic) => Enumerable.Range(0, partitions).SelectMany(number => LogOf(topic, number));

    public long Committed(string topic, string group, int partition) => _committed.GetValueOrDefault((topic, group, partition));

    public void Put(string topic, int partition, string key, byte[] value)
    {
        Add(topic, partition, new StreamRecord(key, value, TraceParent: null));
        Wake();
    }

    /// <summary>Every member is lost at its next read.</summary>
    public void Break()
    {
        _members.ForEach(static member => member.Lost = true);
        Wake();
    }

    public ValueTask AppendAsync(string topic, IReadOnlyList<StreamRecord> records, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Refuses(topic))
        {
            throw new IOException("The stream is away.");
        }

        foreach (var record in records)
        {
            Add(topic, record.Key.Sum(static c => c) % partitions, record);
        }

        Wake();
        return ValueTask.CompletedTask;
    }

    public ValueTask<IStreamSubscription> SubscribeAsync(string topic, string group, CancellationToken cancellationToken)
    {
        var member = new Member(this, topic, group);
        _members.Add(member);
        return ValueTask.FromResult<IStreamSubscription>(member);
    }

    private List<ConsumedRecord> LogOf(string topic, int partition)
    {
        if (!_logs.TryGetValue((topic, partition), out var log))
        {
            _logs[(topic, partition)] = log = [];
        }

        return log;
    }

    private void Add(string topic, int partition, StreamRecord record)
    {
        var log = LogOf(topic, partition);
        log.Add(new ConsumedRecord(log.Count, record.Key, record.Value, record.TraceParent, clock.GetUtcNow()));
    }

    private void Wake() => _members.ToList().ForEach(static member => member.Wake());

    private sealed class Member(ScriptedStream stream, string topic, string group) : IStreamSubscription
    {
        private readonly long[] _next =
            [.. Enumerable.Range(0, stream.Partitions).Select(number => stream.Begins(stream.Committed(topic, group, number)))];

        private readonly HashSet<int> _told = [];
        // Continues on the thread that wakes it: a thread of the pool would leave the simulation.
        private TaskCompletionSource _wake = new();
        private int _last;

        public bool Lost { get; set; }

        public void Wake() => _wake.TrySetResult();

        public async ValueTask<StreamBatch> ReadAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Lost)
                {
                    throw new IOException("The stream is away.");
                }

                if (TryRead() is { } batch)
                {
                    return batch;
                }

                _wake = new TaskCompletionSource();
                await _wake.Task.WaitAsync(cancellationToken);
            }
        }

        public ValueTask CommitAsync(int partition, long nextOffset, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Lost)
            {
                stream.Committing(topic, group, partition, nextOffset);
                var key = (topic, group, partition);
                stream._committed[key] = Math.Max(nextOffset, stream._committed.GetValueOrDefault(key));
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            stream._members.Remove(this);
            return ValueTask.CompletedTask;
        }

        private StreamBatch? TryRead()
        {
            for (var i = 1; i <= _next.Length; i++)
            {
                var number = (_last + i) % _next.Length;
                if (stream.Damaged.Contains((topic, number)))
                {
                    if (_told.Add(number))
                    {
                        throw new InvalidDataException($"The batch of {topic}/{number} is damaged.");
                    }

                    continue;
                }

                var log = stream.LogOf(topic, number);
                if (_next[number] < log.Count)
                {
                    var records = log.Skip((int)_next[number]).Take(stream.BatchSize()).ToList();
                    _last = number;
                    _next[number] += records.Count;
                    return new StreamBatch(topic, number, records);
                }
            }

            return null;
        }
    }

    private int Partitions => partitions;
}
