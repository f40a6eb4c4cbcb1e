namespace Caas.Tests.Support.MongoWireServer.Protocol;

/// <summary>Where every answer waits while the server is stalled.</summary>
internal sealed class StallGate
{
    private readonly Lock _lock = new();

    // Guarded by _lock; null: open.
    private TaskCompletionSource? _closed;

    public void Close()
    {
        lock (_lock)
        {
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Open()
    {
        lock (_lock)
        {
            _closed?.SetResult();
            _closed = null;
        }
    }

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _closed?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
        }
    }
}
