namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>What was committed, in the order of the commits: as an oplog, the oldest falls out of it.</summary>
internal sealed class ChangeLog
{
    private const int Capacity = 100_000;

    private readonly List<ChangeEvent> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The last event that fell out: a reader that stands before it has lost something.
    private ChangePosition _lost;

    /// <summary>Ends with the next commit.</summary>
    public Task Changed => _changed.Task;

    public void Add(IEnumerable<ChangeEvent> events)
    {
        _events.AddRange(events);
        if (_events.Count > Capacity)
        {
            Forget(_events.Count - (Capacity / 2));
        }

        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    /// <summary>Drops the oldest events.</summary>
    public void Forget(int count)
    {
        if (count > 0)
        {
            _lost = _events[count - 1].Position;
            _events.RemoveRange(0, count);
        }
    }

    public void ForgetAll() => Forget(_events.Count);

    /// <summary>What was committed after a position.</summary>
    public IEnumerable<ChangeEvent> After(ChangePosition position)
    {
        if (_lost.IsAfter(position))
        {
            throw new CommandFailure(
                MongoErrors.ChangeStreamHistoryLost, "The change stream cannot resume: its resume point is lost")
            {
                Labels = ["NonResumableChangeStreamError"],
            };
        }

        var (low, high) = (0, _events.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _events[middle].Position.IsAfter(position) ? (low, middle) : (middle + 1, high);
        }

        return _events.Skip(low);
    }
}
