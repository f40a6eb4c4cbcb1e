using Caas.Fuzz.Mutation;

namespace Caas.Fuzz.Runs;

/// <summary>
/// The thread that calls the target: every input of the corpus, then mutations until the time is up or something is
/// found. What it calls and in which order follows from the seed alone.
/// </summary>
internal sealed class FuzzWorker(
    IFuzzTarget target, IReadOnlyList<byte[]> corpus, uint seed, FuzzLimits limits, TimeProvider clock)
{
    // Beyond, inputs with new verdicts are not kept: a target that gives too many is no reason to fill the memory.
    private const int MaxPool = 4_096;

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CallGuard _guard = new(target, limits, clock);
    private readonly RandomSource _random = new(seed);
    private readonly List<byte[]> _pool = [.. corpus];
    private readonly HashSet<int> _verdicts = [];

    // Written by the worker, read by who watches it.
    private volatile byte[] _input = [];
    private long _executions;
    private volatile bool _stopped;

    /// <summary>Completes when the thread is done.</summary>
    public Task Done => _done.Task;

    /// <summary>Calls that were begun.</summary>
    public long Executions => Volatile.Read(ref _executions);

    /// <summary>The input of the call that was begun last.</summary>
    public byte[] Input => _input;

    /// <summary>In how many ways calls ended; only once it is done.</summary>
    public int Verdicts => _verdicts.Count;

    /// <summary>What was found; only once it is done.</summary>
    public FuzzFailure? Failure { get; private set; }

    /// <summary>Begins. A call that never returns keeps no process alive.</summary>
    public void Start(TimeSpan length)
    {
        var thread = new Thread(() => Work(length)) { IsBackground = true, Name = $"fuzz {target.Name}" };
        thread.Start();
    }

    /// <summary>Ends after the present call.</summary>
    public void Stop() => _stopped = true;

    private void Work(TimeSpan length)
    {
        try
        {
            var start = clock.GetTimestamp();
            var found = corpus.Any(input => !Try(input));
            var mutator = new Mutator(_random, target.Tokens, limits.MaxInputBytes);
            while (!found && !_stopped && clock.GetElapsedTime(start) < length)
            {
                found = !Try(mutator.Mutate(Pick(), Pick()));
            }

            _done.TrySetResult();
        }
#pragma warning disable CA1031 // Whoever waits hears of it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _done.TrySetException(failure);
        }
    }

    private byte[] Pick() => _pool.Count == 0 || _random.Below(32) == 0 ? [] : _pool[_random.Below(_pool.Count)];

    private bool Try(byte[] input)
    {
        _input = input;
        Volatile.Write(ref _executions, _executions + 1);
        Failure = _guard.Call(input, out var verdict);
        if (_verdicts.Add(verdict) && _pool.Count < MaxPool)
        {
            _pool.Add(input);
        }

        return Failure is null;
    }
}
