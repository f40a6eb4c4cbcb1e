using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Caas.Domain.Events;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.InMemory;

/// <summary>One receiver: its queues, and the loop that calls it.</summary>
internal sealed partial class BusSubscription : IAsyncDisposable
{
    // So many of one shard before the others have their turn.
    private const int SignalsPerTurn = 64;

    private readonly BusShard[] _shards;
    private readonly BusQueue[] _queues;
    private readonly IRealtimeReceiver _receiver;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly ITimer _heartbeat;
    private readonly Task _loop;
    private readonly TimeProvider _clock;
    private readonly Action<BusSubscription> _ended;

    // One token at the most: there is something to do.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private volatile bool _heartbeatDue;
    private long _calledAt;
    private int _disposed;

    /// <summary>A subscription that receives from now on.</summary>
    public BusSubscription(
        BusShard[] shards,
        IRealtimeReceiver receiver,
        InMemoryOptions options,
        TimeProvider clock,
        ILogger logger,
        Action<BusSubscription> ended)
    {
        _clock = clock;
        _ended = ended;
        _shards = shards;
        _receiver = receiver;
        _logger = logger;
        _queues = [.. shards.Select(shard => shard.Join(options.BusQueueCapacity, Wake))];
        _heartbeat = clock.CreateTimer(_ => Beat(), state: null, options.BusHeartbeat, options.BusHeartbeat);
        _loop = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Whether its loop runs, and sits in no call of the receiver for longer than this. Any thread may ask.</summary>
    public bool IsDelivering(TimeSpan patience)
    {
        var calledAt = Interlocked.Read(ref _calledAt);
        return !_loop.IsCompleted && (calledAt == 0 || _clock.GetElapsedTime(calledAt) <= patience);
    }

    /// <summary>Ends it; waits for the call of the receiver that runs, so never dispose it from there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _ended(this);
        for (var i = 0; i < _shards.Length; i++)
        {
            _shards[i].Leave(_queues[i]);
        }

        await _heartbeat.DisposeAsync().ConfigureAwait(false);
        await _ending.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _ending.Dispose();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private void Beat()
    {
        _heartbeatDue = true;
        Wake();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _wake.Reader.ReadAsync(_ending.Token).ConfigureAwait(false))
            {
                var due = _heartbeatDue;
                _heartbeatDue = false;
                for (var shard = 0; shard < _queues.Length; shard++)
                {
                    await ReceiveAsync(shard).ConfigureAwait(false);
                    if (due && _shards[shard].IsMissing(_queues[shard], out var last))
                    {
                        await TellGapAsync(shard, last).ConfigureAwait(false);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async ValueTask ReceiveAsync(int shard)
    {
        var queue = _queues[shard];
        var turns = 0;
        while (turns++ < SignalsPerTurn && queue.TryTake(out var signal))
        {
            _ending.Token.ThrowIfCancellationRequested();
            if (signal.Number > queue.Seen + 1)
            {
                await TellGapAsync(shard, signal.Number - 1).ConfigureAwait(false);
            }

            await DeliverAsync(shard, signal).ConfigureAwait(false);
        }

        if (!queue.IsEmpty)
        {
            Wake();
        }
    }

    // A receiver that throws has missed the signal: its number is left open, so that the gap is told.
    [SuppressMessage("Design", "CA1031", Justification = "A receiver's fault is a gap, not the end of its subscription.")]
    private async ValueTask DeliverAsync(int shard, NumberedSignal signal)
    {
        try
        {
            Interlocked.Exchange(ref _calledAt, _clock.GetTimestamp());
            await _receiver.ReceiveAsync(signal.Signal, _ending.Token).ConfigureAwait(false);
            if (_queues[shard].Seen == signal.Number - 1)
            {
                _queues[shard].Seen = signal.Number;
            }
        }
        catch (Exception e) when (!_ending.IsCancellationRequested)
        {
            ReceiverFailed(_logger, shard, e);
            await TellGapAsync(shard, signal.Number).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Exchange(ref _calledAt, 0);
        }
    }

    // A gap that could not be told stays open, and is told with the next signal or heartbeat.
    [SuppressMessage("Design", "CA1031", Justification = "A receiver's fault is a gap, not the end of its subscription.")]
    private async ValueTask TellGapAsync(int shard, long last)
    {
        try
        {
            Interlocked.Exchange(ref _calledAt, _clock.GetTimestamp());
            await _receiver.GapAsync(shard, _shards.Length, _ending.Token).ConfigureAwait(false);
            _queues[shard].Seen = last;
        }
        catch (Exception e) when (!_ending.IsCancellationRequested)
        {
            ReceiverFailed(_logger, shard, e);
        }
        finally
        {
            Interlocked.Exchange(ref _calledAt, 0);
        }
    }

    [LoggerMessage(4301, LogLevel.Error, "A receiver of the realtime bus failed in shard {Shard}; it is told as a gap.")]
    private static partial void ReceiverFailed(ILogger logger, int shard, Exception exception);
}
