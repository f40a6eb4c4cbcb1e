using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Caas.Bench.Drivers;

/// <summary>Connected members of one conversation, who tell when a message has reached all of them.</summary>
internal sealed class Audience : IAsyncDisposable
{
    private const int ConnectingAtOnce = 32;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<long, Arrivals> _expected = new();
    private readonly SocketWire?[] _wires;
    private readonly Task[] _readers;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<string> _sample = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _deliveries;

    private Audience(int size)
    {
        _wires = new SocketWire?[size];
        _readers = new Task[size];
        Array.Fill(_readers, Task.CompletedTask);
    }

    /// <summary>Messages that arrived, over all sockets.</summary>
    public long Deliveries => Interlocked.Read(ref _deliveries);

    /// <summary>The envelope of the first message that arrived.</summary>
    public Task<string> Sample => _sample.Task;

    /// <summary>Sockets that are open.</summary>
    public int Open => _readers.Count(reader => !reader.IsCompleted);

    public static async Task<Audience> JoinAsync(Uri url, IReadOnlyList<string> tokens, CancellationToken cancellationToken)
    {
        var audience = new Audience(tokens.Count);
        var options = new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtOnce, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForAsync(0, tokens.Count, options, async (member, cancel) =>
            {
                var wire = audience._wires[member] = await SocketWire.ConnectAsync(url, tokens[member], cancel);
                audience._readers[member] = Task.Run(() => audience.ReadAsync(wire), CancellationToken.None);
            });
            return audience;
        }
        catch
        {
            await audience.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the message has reached everybody; to be called before it is sent.</summary>
    public async Task ReachedAllAsync(long number, CancellationToken cancellationToken)
    {
        var arrivals = _expected[number] = new Arrivals(_wires.Length);
        var first = await Task.WhenAny(arrivals.All, _failed.Task).WaitAsync(cancellationToken);
        _expected.TryRemove(number, out _);
        await first;
    }

    /// <summary>Waits until so many messages have arrived, over all sockets; an exception where no more come.</summary>
    public async Task GotAsync(long deliveries, CancellationToken cancellationToken)
    {
        var (seen, since) = (Deliveries, Stopwatch.GetTimestamp());
        using var timer = new PeriodicTimer(LookInterval, TimeProvider.System);
        while (Deliveries < deliveries && await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (_failed.Task.IsFaulted)
            {
                await _failed.Task;
            }

            if (seen != Deliveries)
            {
                (seen, since) = (Deliveries, Stopwatch.GetTimestamp());
            }
            else if (Stopwatch.GetElapsedTime(since) > Patience)
            {
                throw new BenchException($"Only {seen} of {deliveries} messages were delivered.");
            }
        }
    }

    /// <summary>Sends by one of the members.</summary>
    public ValueTask SendAsync(int member, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        _wires[member]!.SendAsync(frame, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_readers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var wire in _wires)
        {
            wire?.Dispose();
        }

        _stop.Dispose();
    }

    private async Task ReadAsync(SocketWire wire)
    {
        try
        {
            while (true)
            {
                Handle((await wire.ReadAsync(_stop.Token)).Span);
            }
        }
        catch (Exception failure) when (failure is BenchException or SocketException)
        {
            _failed.TrySetException(failure);
        }
    }

    private void Handle(ReadOnlySpan<byte> packet)
    {
        if (packet.StartsWith("43"u8) && packet.IndexOf("[{\"ok\":true"u8) < 0)
        {
            throw new BenchException($"Not acknowledged: {Encoding.UTF8.GetString(packet)}");
        }

        if (!MessageNumber.TryRead(packet, out var number))
        {
            return;
        }

        Interlocked.Increment(ref _deliveries);
        if (!_sample.Task.IsCompleted)
        {
            _sample.TrySetResult(Encoding.UTF8.GetString(packet["42[\"message.sent\","u8.Length..^1]));
        }

        if (_expected.TryGetValue(number, out var arrivals))
        {
            arrivals.Add();
        }
    }

    private sealed class Arrivals(int members)
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _missing = members;

        public Task All => _all.Task;

        public void Add()
        {
            if (Interlocked.Decrement(ref _missing) == 0)
            {
                _all.TrySetResult();
            }
        }
    }
}
