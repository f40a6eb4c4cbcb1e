using System.Text;
using Caas.Domain.Events;

namespace Caas.Engines.LocalLog;

/// <summary>Spreads the records of an append over the partitions, in the caller's thread, so that the writer only writes.</summary>
internal static class BatchSplitter
{
    /// <summary>The longest key, in UTF-8.</summary>
    public const int MaxKeyBytes = 1024;

    /// <summary>The longest traceparent; the present version of the format has 55 characters.</summary>
    public const int MaxTraceParentBytes = 512;

    // Strict: a key with half a surrogate pair would come back as another key.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The batches of an append, each below the limit of a row unless a single record is longer.</summary>
    public static List<PendingBatch> Split(
        IReadOnlyList<PartitionLog> partitions, IReadOnlyList<StreamRecord> records, LocalLogOptions options)
    {
        var open = new BatchBuilder?[partitions.Count];
        var batches = new List<PendingBatch>(partitions.Count);
        Span<byte> keyBytes = stackalloc byte[MaxKeyBytes];
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            Check(record, options);
            var key = keyBytes[..Strict.GetBytes(record.Key, keyBytes)];
            var number = Partitioner.Of(key, partitions.Count);
            var builder = open[number];
            if (builder is null || builder.Bytes + key.Length + record.Value.Length > options.MaxBatchBytes)
            {
                Close(builder, batches);
                open[number] = builder = new BatchBuilder(partitions[number]);
            }

            builder.Add(key, record);
        }

        foreach (var builder in open)
        {
            Close(builder, batches);
        }

        return batches;
    }

    private static void Close(BatchBuilder? builder, List<PendingBatch> batches)
    {
        if (builder is not null)
        {
            batches.Add(builder.Complete());
        }
    }

    private static void Check(StreamRecord record, LocalLogOptions options)
    {
        var keyBytes = Strict.GetByteCount(record.Key);
        if (keyBytes > MaxKeyBytes)
        {
            throw new ArgumentException($"A key of {keyBytes} bytes is longer than {MaxKeyBytes}.", nameof(record));
        }

        if (record.TraceParent is { } traceParent && Strict.GetByteCount(traceParent) > MaxTraceParentBytes)
        {
            throw new ArgumentException($"A traceparent is longer than {MaxTraceParentBytes} bytes.", nameof(record));
        }

        if (keyBytes + record.Value.Length > options.MaxRecordBytes)
        {
            throw new ArgumentException(
                $"A record of {keyBytes + record.Value.Length} bytes is longer than {options.MaxRecordBytes}.", nameof(record));
        }
    }
}
