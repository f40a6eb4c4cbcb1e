namespace Caas.SocketIO;

/// <summary>
/// Something that happens once, and a task for those who wait for it, made when the first of them asks: most sessions are
/// never waited for, and a task would cost each of them a tenth of a kilobyte. Thread-safe; a field of it may not be
/// read-only.
/// </summary>
internal struct LazyCompletion
{
    private static readonly TaskCompletionSource Done = MakeDone();

    private TaskCompletionSource? _source;

    public Task Task => (Volatile.Read(ref _source) ?? Make()).Task;

    /// <summary>Says that it has happened. Those who wait go on elsewhere, not on this thread.</summary>
    public void Complete() => Interlocked.CompareExchange(ref _source, Done, null)?.TrySetResult();

    private TaskCompletionSource Make()
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _source, made, null) ?? made;
    }

    private static TaskCompletionSource MakeDone()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
