using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Consumers;

/// <summary>
/// One thread and one clock for everything that a test starts in it: what goes on is only what the test lets go on, in
/// the same order each time.
/// </summary>
internal sealed class SimulationLoop : SynchronizationContext
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            _work.Enqueue((d, state));
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Starts something and lets it go as far as it gets without time passing.</summary>
    public Task Start(Func<Task> work) => Within(() =>
    {
        var task = work();
        Drain();
        return task;
    });

    /// <summary>Does something, and lets what follows from it go as far as it gets.</summary>
    public void Do(Action work) => Within(() =>
    {
        work();
        Drain();
        return true;
    });

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan time) => Within(() =>
    {
        for (var left = time; left > TimeSpan.Zero; left -= Step)
        {
            Clock.Advance(left < Step ? left : Step);
            Drain();
        }

        return true;
    });

    /// <summary>Lets time pass until something is so; fails where it takes longer.</summary>
    public void Until(Func<bool> done, TimeSpan most)
    {
        var end = Clock.GetUtcNow() + most;
        Do(static () => { });
        while (!done())
        {
            (Clock.GetUtcNow() < end).ShouldBeTrue("It takes too long.");
            Advance(Step);
        }
    }

    private T Within<T>(Func<T> work)
    {
        var outside = Current;
        SetSynchronizationContext(this);
        try
        {
            return work();
        }
        finally
        {
            SetSynchronizationContext(outside);
        }
    }

    private void Drain()
    {
        while (true)
        {
            (SendOrPostCallback Callback, object? State) next;
            lock (_gate)
            {
                if (!_work.TryDequeue(out next))
                {
                    return;
                }
            }

            next.Callback(next.State);
        }
    }
}

/// <summary>Numbers of a seed: SplitMix64.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    public int Roll(int below)
    {
        var z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (int)((z ^ (z >> 31)) % (ulong)below);
    }

    public bool Chance(int percent) => Roll(100) < percent;
}
