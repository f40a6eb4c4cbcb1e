using System.Threading.Channels;
using Caas.Domain.Events;
using Confluent.Kafka;

namespace Caas.Engines.Kafka;

/// <inheritdoc/>
/// <remarks>
/// One client and one thread. A partition that is not read is fetched up to a bound and then pauses. A partition that
/// changes hands is dropped: what was fetched of it is not given out, and commits of it are ignored from then on. With a
/// lasting node name the member is static: after disposing it its partitions wait for its return until its session ends.
/// The library goes on behind records that fail their checksum; this member does not, and a new one is told again.
/// </remarks>
internal sealed class KafkaSubscription : IStreamSubscription
{
    private readonly MemberTools _tools;
    private readonly HeldPartitions _held;
    private readonly ConsumerLoop _loop;
    private readonly Task _running;
    private readonly CancellationTokenSource _stop = new();

    // One token at the most: there may be something to read.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private int _disposed;

    /// <summary>Joins the group; the thread begins at once.</summary>
    public KafkaSubscription(string topic, string group, MemberTools tools)
    {
        (Topic, Group, _tools) = (topic, group, tools);
        _held = new HeldPartitions(topic, tools.Options);
        var topicInKafka = new KafkaTopics(tools.Options).InKafka(topic);
        _loop = new ConsumerLoop(topic, group, topicInKafka, _held, tools) { Changed = Wake };
        var builder = new ConsumerBuilder<byte[], byte[]>(tools.Configs.Member(topic, group));
        _loop.Attach(builder);
        var consumer = builder.Build();
        _running = Task.Factory.StartNew(
            () => _loop.Run(consumer, _stop.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        _ = _running.ContinueWith(
            static (_, self) => ((KafkaSubscription)self!).Wake(),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>The group.</summary>
    public string Group { get; }

    /// <summary>Called when the member leaves.</summary>
    public Action<KafkaSubscription> Left { get; init; } = static _ => { };

    /// <summary>Records that were fetched and wait for the reader.</summary>
    public int Buffered => _held.Buffered;

    /// <summary>How far this member committed a partition that it holds; null where it did not.</summary>
    public long? Committed(int partition) => _held.Committed(partition);

    /// <inheritdoc/>
    public async ValueTask<StreamBatch> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            if (_held.TryTake(out var batch))
            {
                return batch;
            }

            if (_running.IsFaulted)
            {
                throw new IOException("The member is of no more use.", _running.Exception.InnerException);
            }

            await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask CommitAsync(int partition, long nextOffset, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _held.Commit(partition, nextOffset);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => EndAsync(leaves: true);

    /// <summary>Ends as a killed process does, for tests: without a word to the group, and without its commits.</summary>
    internal ValueTask AbandonAsync() => EndAsync(leaves: false);

    private async ValueTask EndAsync(bool leaves)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Left(this);
        _loop.Leaves = leaves;
        await _stop.CancelAsync().ConfigureAwait(false);
        Wake();
        try
        {
            await _running.WaitAsync(_tools.Options.CloseTimeout, _tools.Clock, CancellationToken.None).ConfigureAwait(false);
            _stop.Dispose();
        }
        catch (TimeoutException)
        {
            // Its thread ends by itself when the broker answers, or with the process.
            KafkaLog.LeftBehind(_tools.Logger, Topic, Group);
        }
        catch (KafkaException)
        {
            // The reader was told.
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
