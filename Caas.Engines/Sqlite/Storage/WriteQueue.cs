using System.Collections.Concurrent;
using Caas.Engines.Documents;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>The bounded queue before one writer thread. Any thread enqueues, one takes.</summary>
/// <param name="most">The most commands that wait.</param>
internal sealed class WriteQueue(int most)
{
    private readonly ConcurrentQueue<WriteCommand> _commands = new();
    private readonly object _wake = new();
    private int _count;
    private int _asleep;
    private volatile bool _closed;
    private volatile bool _finished;

    /// <summary>How many commands wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether no more commands are taken.</summary>
    public bool IsClosed => _closed;

    /// <summary>False where the queue is full or closed; the engine's own commands (forced) always fit.</summary>
    public bool TryEnqueue(WriteCommand command, bool forced)
    {
        if (!forced && (_closed || Volatile.Read(ref _count) >= most))
        {
            return false;
        }

        Interlocked.Increment(ref _count);
        _commands.Enqueue(command);
        Wake();
        if (_finished)
        {
            // The thread may have looked for the last time before this command came.
            RefuseAll();
        }

        return true;
    }

    public bool TryDequeue([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out WriteCommand command)
    {
        var taken = _commands.TryDequeue(out command);
        if (taken)
        {
            Interlocked.Decrement(ref _count);
        }

        return taken;
    }

    /// <summary>Blocks the writer thread until there may be something to do.</summary>
    public void Wait()
    {
        lock (_wake)
        {
            // Announced before the last look, so that a command between the two wakes us.
            Interlocked.Exchange(ref _asleep, 1);
            if (_commands.IsEmpty && !_closed)
            {
                Monitor.Wait(_wake);
            }

            Interlocked.Exchange(ref _asleep, 0);
        }
    }

    /// <summary>Takes no more; what is queued is still taken out.</summary>
    public void Close()
    {
        _closed = true;
        Wake();
    }

    /// <summary>The thread ends: whatever still comes is refused.</summary>
    public void Finish()
    {
        _finished = true;
        RefuseAll();
    }

    private void RefuseAll()
    {
        while (TryDequeue(out var command))
        {
            if (command.TryBegin())
            {
                command.Refuse(StorageErrors.Unavailable);
            }
        }
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            lock (_wake)
            {
                Monitor.Pulse(_wake);
            }
        }
    }
}
