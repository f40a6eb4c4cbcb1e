namespace Caas.Tests.Support.MongoWireServer;

/// <summary>The last commands, oldest first, and the waits for the next ones.</summary>
internal sealed class CommandLog
{
    private const int Capacity = 50_000;

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly Queue<RecordedCommand> _commands = [];
    private readonly List<(Func<RecordedCommand, bool> Matches, TaskCompletionSource<RecordedCommand> Seen)> _waits = [];

    public IReadOnlyList<RecordedCommand> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _commands];
            }
        }
    }

    public void Add(RecordedCommand command)
    {
        lock (_lock)
        {
            _commands.Enqueue(command);
            if (_commands.Count > Capacity)
            {
                _commands.Dequeue();
            }

            _waits.RemoveAll(wait => wait.Matches(command) && wait.Seen.TrySetResult(command));
        }
    }

    /// <summary>The next command that fits and has not come yet.</summary>
    public Task<RecordedCommand> NextAsync(Func<RecordedCommand, bool> matches)
    {
        var seen = new TaskCompletionSource<RecordedCommand>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waits.Add((matches, seen));
        }

        return seen.Task;
    }

    public void Clear()
    {
        lock (_lock)
        {
            _commands.Clear();
        }
    }
}
