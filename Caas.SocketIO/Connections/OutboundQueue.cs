namespace Caas.SocketIO.Connections;

/// <summary>
/// What waits to be sent to one peer. Bounded in bytes and batches; thread-safe; order kept. Holds no array while it
/// is empty for good, which is most connections most of the time.
/// </summary>
internal sealed class OutboundQueue(int maxBytes, int maxBatches)
{
    private const int SmallestRing = 2;

    // A ring that grew beyond this is given back once it is empty.
    private const int LargestIdleRing = 64;

    private readonly Lock _lock = new();

    // All guarded by _lock; the ring's length is a power of two.
    private FrameBatch?[] _ring = [];
    private int _head;
    private int _count;
    private int _bytes;
    private bool _completed;
    private bool _pressed;
    private bool _givenUp;

    public int Bytes => Volatile.Read(ref _bytes);

    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Nothing more comes in; once empty the transport may close.</summary>
    public bool IsCompleted => Volatile.Read(ref _completed);

    /// <summary>
    /// More than half of the bound has come to wait, and not yet less than a quarter again; never of a queue that was given
    /// up.
    /// </summary>
    public bool IsPressed => Volatile.Read(ref _pressed);

    public EnqueueResult TryEnqueue(FrameBatch batch)
    {
        lock (_lock)
        {
            if (_completed)
            {
                return EnqueueResult.Closed;
            }

            // One batch is always let in, however large, so that the bound can never make an event undeliverable.
            if (_count > 0 && (_count >= maxBatches || _bytes + batch.Bytes > maxBytes))
            {
                return EnqueueResult.Full;
            }

            AddLocked(batch);
            if (!_givenUp && (_bytes > maxBytes / 2 || _count > maxBatches / 2))
            {
                _pressed = true;
            }

            return EnqueueResult.Queued;
        }
    }

    /// <summary>Not pressed any more, whatever waits, until less than a quarter of the bound does.</summary>
    public void GiveUp()
    {
        lock (_lock)
        {
            _givenUp = _pressed;
            _pressed = false;
        }
    }

    /// <summary>Queues what the protocol itself needs (pings, answers, farewells) beyond the bound. Few by nature.</summary>
    public void EnqueueControl(FrameBatch batch)
    {
        lock (_lock)
        {
            if (!_completed)
            {
                AddLocked(batch);
            }
        }
    }

    public bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FrameBatch? batch)
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                batch = null;
                return false;
            }

            batch = _ring[_head]!;
            _ring[_head] = null;
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
            _bytes -= batch.Bytes;
            if (_bytes <= maxBytes / 4 && _count <= maxBatches / 4)
            {
                _pressed = _givenUp = false;
            }

            if (_count == 0 && _ring.Length > LargestIdleRing)
            {
                ResetLocked();
            }

            return true;
        }
    }

    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            ResetLocked();
        }
    }

    private void AddLocked(FrameBatch batch)
    {
        if (_count == _ring.Length)
        {
            GrowLocked();
        }

        _ring[(_head + _count) & (_ring.Length - 1)] = batch;
        _count++;
        _bytes += batch.Bytes;
    }

    private void GrowLocked()
    {
        var larger = new FrameBatch?[Math.Max(SmallestRing, _ring.Length * 2)];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        _ring = larger;
        _head = 0;
    }

    private void ResetLocked()
    {
        _ring = [];
        _head = _count = _bytes = 0;
        _pressed = _givenUp = false;
    }
}
