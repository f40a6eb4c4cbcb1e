using Caas.Engines.Kafka;

namespace Caas.Tests.Engines.Kafka;

/// <summary>What the members did, together.</summary>
internal sealed class Effects
{
    private readonly Lock _gate = new();
    private readonly SortedSet<int> _seen = [];
    private readonly HashSet<KafkaSubscription> _readers = [];
    private readonly List<(int Count, CancellationTokenSource Reached)> _waiting = [];
    private int _all;

    public IReadOnlyList<int> Distinct
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen];
            }
        }
    }

    public int Readers
    {
        get
        {
            lock (_gate)
            {
                return _readers.Count;
            }
        }
    }

    public void Add(KafkaSubscription reader, IEnumerable<int> numbers)
    {
        List<CancellationTokenSource> reached;
        lock (_gate)
        {
            foreach (var number in numbers)
            {
                _seen.Add(number);
                _all++;
            }

            _readers.Add(reader);
            reached = [.. _waiting.Where(one => one.Count <= _seen.Count).Select(static one => one.Reached)];
        }

        reached.ForEach(static one => one.Cancel());
    }

    public CancellationToken Reached(int distinct)
    {
        lock (_gate)
        {
            var reached = new CancellationTokenSource();
            _waiting.Add((distinct, reached));
            return reached.Token;
        }
    }

    // All that was read, repeated or not: a round of records is over when so many were read.
    public async Task ReachedAsync(int all, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_all >= all)
                {
                    return;
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
