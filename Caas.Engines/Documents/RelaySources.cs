using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Caas.Engines.Documents;

/// <summary>
/// The files whose changes wait for the relay, one queue a shard. A file stands in its queue at most once, so that the
/// queues are as long as there are files at most. Thread-safe.
/// </summary>
/// <param name="shards">How many queues.</param>
/// <param name="clock">What waiting is measured by.</param>
internal sealed class RelaySources(int shards, TimeProvider clock)
{
    private readonly ConcurrentDictionary<DatabaseName, RelaySource> _known = new();
    private readonly Channel<RelaySource>[] _queues =
        [.. Enumerable.Range(0, shards).Select(_ => Channel.CreateUnbounded<RelaySource>())];

    public int Shards => _queues.Length;

    private TimeProvider Clock => clock;

    /// <summary>How many changes wait in all files, and how long the file that is worst off has waited.</summary>
    public (long Changes, TimeSpan Waiting) Backlog
    {
        get
        {
            var changes = 0L;
            var waiting = TimeSpan.Zero;
            foreach (var (_, source) in _known)
            {
                changes += source.Pending;
                waiting = source.Waiting > waiting ? source.Waiting : waiting;
            }

            return (changes, waiting);
        }
    }

    /// <summary>A client's file belongs to one shard, which is also its writer thread; the platform's to the first.</summary>
    public int ShardOf(DatabaseName name) =>
        name.Client is { } client ? (int)((uint)client.Value.GetHashCode() % (uint)_queues.Length) : 0;

    public RelaySource Get(DatabaseName name) =>
        _known.GetOrAdd(name, static (key, self) => new RelaySource(key, self.ShardOf(key), self.Clock), this);

    /// <summary>Tells the relay that there may be something; costs nothing where it knows.</summary>
    public void Nudge(RelaySource source)
    {
        if (source.TryQueue())
        {
            _queues[source.Shard].Writer.TryWrite(source);
        }
    }

    /// <summary>Waits for the next file of this shard that may have something.</summary>
    public ValueTask<RelaySource> NextAsync(int shard, CancellationToken cancellationToken) =>
        _queues[shard].Reader.ReadAsync(cancellationToken);

    /// <summary>Takes a file out of its turn; it comes again where there is (or will be) more.</summary>
    public void Release(RelaySource source)
    {
        source.Unqueue();
        if (source.IsPending)
        {
            Nudge(source);
        }
    }

    /// <summary>Forgets a file that was closed with everything relayed and saved; not while the relay looks at it.</summary>
    public void Forget(RelaySource source)
    {
        if (source.TryQueue())
        {
            _known.TryRemove(new(source.Name, source));
        }
    }
}
