namespace Caas.Domain.Events;

/// <summary>Records of one kind as values of the stream: Avro in the Confluent wire format. Thread-safe.</summary>
/// <typeparam name="T">The record.</typeparam>
public interface IRecordCodec<T>
{
    /// <summary>The value of a record. Completes at once after the first.</summary>
    ValueTask<ReadOnlyMemory<byte>> EncodeAsync(T record, CancellationToken cancellationToken);

    /// <summary>The record of a value; an <see cref="InvalidDataException"/> where it is none of this kind.</summary>
    ValueTask<T> DecodeAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken);
}
