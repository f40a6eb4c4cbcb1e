using System.Diagnostics.CodeAnalysis;

namespace Caas.SocketIO.Connections;

/// <summary>
/// Packets on their way to the handler, one at a time and in order. The first is handled on the reader's own thread;
/// while a handler waits for something, the reader goes on, so that a slow handler does not hide pongs, until the bound
/// is reached. Then the reader waits, and with it, through TCP, the peer.
/// </summary>
internal sealed class InboundQueue(HandlerCalls calls, SocketIOOptions options)
{
    // Guards the rest too: a lock of its own would be one object more for every session.
    private readonly Queue<InboundItem> _items = new();
    private int _bytes;
    private bool _running;
    private bool _finished;
    private TaskCompletionSource? _space;
    private TaskCompletionSource? _idle;

    /// <summary>Whether the reader waits for room.</summary>
    public bool IsBlocked => Volatile.Read(ref _space) is not null;

    /// <summary>Returns once the item is in, or dropped because the queue is finished. Called by the one reader only.</summary>
    public async ValueTask EnqueueAsync(InboundItem item)
    {
        bool starts;
        while (!TryAdd(item, out starts, out var space))
        {
            await space.Task;
        }

        if (starts)
        {
            _ = RunAsync();
        }
    }

    /// <summary>Drops what waits and adds the last item ever. Never runs a handler on the caller's thread.</summary>
    public void Finish(InboundItem last)
    {
        bool starts;
        TaskCompletionSource? space;
        lock (_items)
        {
            if (_finished)
            {
                return;
            }

            _finished = true;
            _items.Clear();
            _bytes = 0;
            space = _space;
            _space = null;
            starts = AddLocked(last);
        }

        space?.TrySetResult();
        if (starts)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.RunAsync(), this, preferLocal: false);
        }
    }

    /// <summary>Completes when nothing waits and no handler runs.</summary>
    public Task WhenIdleAsync()
    {
        lock (_items)
        {
            if (!_running)
            {
                return Task.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    private bool TryAdd(InboundItem item, out bool starts, [NotNullWhen(false)] out TaskCompletionSource? space)
    {
        lock (_items)
        {
            space = null;
            starts = false;
            if (!_finished && _items.Count > 0 && IsOver(item))
            {
                space = _space ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return false;
            }

            starts = !_finished && AddLocked(item);
            return true;
        }
    }

    private bool IsOver(InboundItem item) =>
        _items.Count >= options.MaxInboundEvents || _bytes + item.Bytes > options.MaxInboundBytes;

    private bool AddLocked(InboundItem item)
    {
        _items.Enqueue(item);
        _bytes += item.Bytes;
        var starts = !_running;
        _running = true;
        return starts;
    }

    // What the product throws is caught where it is called.
    private async Task RunAsync()
    {
        while (TryTake(out var item))
        {
            await calls.HandleAsync(item);
        }
    }

    private bool TryTake([NotNullWhen(true)] out InboundItem? item)
    {
        TaskCompletionSource? done;
        lock (_items)
        {
            _items.TryDequeue(out item);
            if (item is not null)
            {
                _bytes -= item.Bytes;
                done = _space;
                _space = null;
            }
            else
            {
                _running = false;
                done = _idle;
                _idle = null;
            }
        }

        done?.TrySetResult();
        return item is not null;
    }
}
