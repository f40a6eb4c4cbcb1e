using System.Text;
using Caas.Domain.Events;

namespace Caas.Engines.LocalLog;

/// <summary>Collects the records of one append for one partition; see <see cref="BatchLayout"/>.</summary>
internal sealed class BatchBuilder(PartitionLog partition)
{
    private byte[] _buffer = new byte[1024];
    private int _used = BatchLayout.HeaderBytes;
    private int _count;

    /// <summary>The bytes so far.</summary>
    public int Bytes => _used;

    /// <summary>Adds a record whose key is given as UTF-8.</summary>
    public void Add(ReadOnlySpan<byte> key, StreamRecord record)
    {
        WriteLength(key.Length);
        Write(key);
        if (record.TraceParent is { } traceParent)
        {
            Span<byte> bytes = stackalloc byte[BatchSplitter.MaxTraceParentBytes];
            var length = Encoding.UTF8.GetBytes(traceParent, bytes);
            WriteLength(length + 1);
            Write(bytes[..length]);
        }
        else
        {
            WriteLength(0);
        }

        WriteLength(record.Value.Length);
        Write(record.Value.Span);
        _count++;
    }

    /// <summary>The batch; the builder is used up.</summary>
    public PendingBatch Complete()
    {
        var body = _buffer.AsSpan(0, _used).ToArray();
        BatchLayout.Begin(body, _count);
        return new PendingBatch(partition, body, _count);
    }

    private void WriteLength(int length)
    {
        var rest = (uint)length;
        Reserve(5);
        while (rest >= 0x80)
        {
            _buffer[_used++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        _buffer[_used++] = (byte)rest;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _used < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _used + bytes));
        }
    }
}

/// <summary>A batch that waits for the writer.</summary>
/// <param name="Partition">Where it goes.</param>
/// <param name="Body">Its bytes, which the writer stamps.</param>
/// <param name="Count">The number of records.</param>
internal sealed record PendingBatch(PartitionLog Partition, byte[] Body, int Count)
{
    /// <summary>The offset of the first record; known once the writer wrote it.</summary>
    public long BaseOffset { get; set; }
}
