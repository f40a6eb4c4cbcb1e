using System.Threading.Channels;
using Caas.Domain.Events;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.Redis;

/// <summary>
/// One receiver's part in one shard: a bounded queue, and the loop that calls the receiver. What the queue cannot take
/// is dropped; the number of the next arrival, a beat at the latest, shows it.
/// </summary>
internal sealed class BusReceiver : IAsyncDisposable
{
    private readonly int _shard;
    private readonly int _shards;
    private readonly IRealtimeReceiver _receiver;
    private readonly TimeProvider _clock;
    private readonly RedisMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Channel<BusArrival> _queue;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _loop;

    // Owned by the loop: what it knows everything up to, a number of 0 before the first arrival; and whether a gap is
    // still to be told.
    private long _seen;
    private int _trust;
    private bool _isGapOpen;

    private int _silences;
    private long _calledAt;

    /// <summary>A receiver that takes what is offered from now on.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="trust">What can be trusted of it now: where nobody listens yet, the first arrival has another.</param>
    /// <param name="receiver">Who is called.</param>
    /// <param name="options">The capacity of the queue.</param>
    /// <param name="clock">Measures calls.</param>
    /// <param name="metrics">Counts gaps.</param>
    /// <param name="logger">Told where the receiver fails.</param>
    public BusReceiver(
        int shard,
        int trust,
        IRealtimeReceiver receiver,
        RedisOptions options,
        TimeProvider clock,
        RedisMetrics metrics,
        ILogger logger)
    {
        _trust = trust;
        _shard = shard;
        _shards = options.BusShards;
        _receiver = receiver;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        _queue = Channel.CreateBounded<BusArrival>(
            new BoundedChannelOptions(options.BusQueueCapacity) { SingleReader = true, SingleWriter = false });
        _loop = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Queues an arrival where there is room. Called in the order of arrival; runs nothing of the receiver's.</summary>
    public void Offer(BusArrival arrival) => _queue.Writer.TryWrite(arrival);

    /// <summary>Queues that the shard is silent, unless that still waits to be told.</summary>
    public void OfferSilence()
    {
        if (Interlocked.Exchange(ref _silences, 1) == 0 && !_queue.Writer.TryWrite(BusArrival.Silence))
        {
            Volatile.Write(ref _silences, 0);
        }
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
        await _ending.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var arrival in _queue.Reader.ReadAllAsync(_ending.Token).ConfigureAwait(false))
            {
                if (arrival.IsSilence)
                {
                    await TellGapAsync().ConfigureAwait(false);
                    Volatile.Write(ref _silences, 0);
                }
                else
                {
                    await TakeAsync(arrival).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async ValueTask TakeAsync(BusArrival arrival)
    {
        _ending.Token.ThrowIfCancellationRequested();
        var isWhole = _trust == arrival.Trust && (_seen == 0 || _seen == arrival.Before);
        _seen = arrival.Number;
        _trust = arrival.Trust;
        if (!isWhole || _isGapOpen)
        {
            await TellGapAsync().ConfigureAwait(false);
        }

        if (arrival.Signal is { } signal && !await TryCallAsync(signal).ConfigureAwait(false))
        {
            // A receiver that throws has missed the signal.
            await TellGapAsync().ConfigureAwait(false);
        }
    }

    // A gap that could not be told stays open, and is told with the next arrival.
    private async ValueTask TellGapAsync()
    {
        _isGapOpen = !await TryCallAsync(signal: null).ConfigureAwait(false);
        if (!_isGapOpen)
        {
            _metrics.Gap(_shard);
        }
    }

    // Null tells a gap.
    private async ValueTask<bool> TryCallAsync(RealtimeSignal? signal)
    {
        try
        {
            Interlocked.Exchange(ref _calledAt, _clock.GetTimestamp());
            if (signal is null)
            {
                await _receiver.GapAsync(_shard, _shards, _ending.Token).ConfigureAwait(false);
            }
            else
            {
                await _receiver.ReceiveAsync(signal, _ending.Token).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception e) when (!_ending.IsCancellationRequested)
        {
            RedisMessages.ReceiverFailed(_logger, _shard, e);
            return false;
        }
        finally
        {
            Interlocked.Exchange(ref _calledAt, 0);
        }
    }
}
