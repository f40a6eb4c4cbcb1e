using System.Runtime.InteropServices;
using System.Text;
using Caas.Domain.Events;
using Confluent.Kafka;

namespace Caas.Engines.Kafka;

/// <summary>Records as Kafka carries them: key in UTF-8, value as it is, the traceparent as a header.</summary>
internal static class KafkaRecords
{
    private const int MaxKeyBytes = 1024;
    private const int MaxTraceParentBytes = 512;

    // Strict: a key with half a surrogate pair would come back as another key.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The records of an append; an <see cref="ArgumentException"/> where one is too long.</summary>
    public static Message<byte[], byte[]>[] Encode(IReadOnlyList<StreamRecord> records, KafkaOptions options)
    {
        var messages = new Message<byte[], byte[]>[records.Count];
        for (var i = 0; i < messages.Length; i++)
        {
            messages[i] = Encode(records[i], options);
        }

        return messages;
    }

    /// <summary>A record as it was read. A key that is no UTF-8, which we do not write, keeps what can be read of it.</summary>
    public static ConsumedRecord Decode(ConsumeResult<byte[], byte[]> read) => new(
        read.Offset.Value,
        read.Message.Key is { } key ? Encoding.UTF8.GetString(key) : string.Empty,
        read.Message.Value ?? ReadOnlyMemory<byte>.Empty,
        ReadTraceParent(read.Message.Headers),
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, read.Message.Timestamp.UnixTimestampMs)));

    /// <summary>What a record takes of a bound.</summary>
    public static int Size(ConsumeResult<byte[], byte[]> read) =>
        (read.Message.Key?.Length ?? 0) + (read.Message.Value?.Length ?? 0);

    private static Message<byte[], byte[]> Encode(StreamRecord record, KafkaOptions options)
    {
        var key = Strict.GetBytes(record.Key);
        if (key.Length > MaxKeyBytes)
        {
            throw new ArgumentException($"A key of {key.Length} bytes is longer than {MaxKeyBytes}.", nameof(record));
        }

        if (key.Length + record.Value.Length > options.MaxRecordBytes)
        {
            throw new ArgumentException(
                $"A record of {key.Length + record.Value.Length} bytes is longer than {options.MaxRecordBytes}.", nameof(record));
        }

        var message = new Message<byte[], byte[]> { Key = key, Value = Bytes(record.Value) };
        if (record.TraceParent is { } traceParent)
        {
            message.Headers = new Headers { { KafkaTopics.TraceParentHeader, EncodeTraceParent(traceParent) } };
        }

        return message;
    }

    private static byte[] EncodeTraceParent(string traceParent)
    {
        var bytes = Strict.GetBytes(traceParent);
        return bytes.Length <= MaxTraceParentBytes
            ? bytes
            : throw new ArgumentException($"A traceparent is longer than {MaxTraceParentBytes} bytes.", nameof(traceParent));
    }

    private static string? ReadTraceParent(Headers? headers) =>
        headers is not null && headers.TryGetLastBytes(KafkaTopics.TraceParentHeader, out var bytes)
        && bytes is { Length: <= MaxTraceParentBytes }
            ? Encoding.UTF8.GetString(bytes)
            : null;

    // The library copies the bytes before it returns, so a whole array is lent to it.
    private static byte[] Bytes(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var segment) && segment.Array is { } array && array.Length == value.Length
            ? array
            : value.ToArray();
}
