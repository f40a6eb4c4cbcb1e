namespace Caas.Tests.Support.MongoWireServer;

/// <summary>A fault that waits for its commands; disposing it calls it off.</summary>
public sealed class ArmedMongoFault(MongoFault fault) : IDisposable
{
    private readonly TaskCompletionSource _spent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _remaining = fault.Times;

    public MongoFault Fault => fault;

    /// <summary>Ends when the fault has struck as often as it was to.</summary>
    public Task Spent => _spent.Task;

    public void Dispose() => Interlocked.Exchange(ref _remaining, 0);

    internal bool TryTake(RecordedCommand command)
    {
        if (command.Name != fault.Command || fault.When?.Invoke(command) == false)
        {
            return false;
        }

        var left = Interlocked.Decrement(ref _remaining);
        if (left == 0)
        {
            _spent.TrySetResult();
        }

        return left >= 0;
    }
}

/// <summary>The faults that are armed; each command meets the first one that fits.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly List<ArmedMongoFault> _armed = [];

    public ArmedMongoFault Arm(MongoFault fault)
    {
        var armed = new ArmedMongoFault(fault);
        lock (_lock)
        {
            _armed.Add(armed);
        }

        return armed;
    }

    public MongoFault? Take(RecordedCommand command)
    {
        lock (_lock)
        {
            return _armed.Find(armed => armed.TryTake(command))?.Fault;
        }
    }
}
