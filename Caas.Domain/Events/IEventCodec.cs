namespace Caas.Domain.Events;

/// <summary>Events as values of the stream: Avro in the Confluent wire format (magic byte 0, schema id, Avro binary).</summary>
public interface IEventCodec
{
    /// <summary>The value of one kept event, from the JSON of its change. Completes at once after the first of a kind.</summary>
    ValueTask<ReadOnlyMemory<byte>> EncodeAsync(string topic, ReadOnlyMemory<byte> eventJson, CancellationToken cancellationToken);

    /// <summary>The event of a value; an <see cref="InvalidDataException"/> where it is none or its schema is unknown.</summary>
    ValueTask<Event> DecodeAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken);
}
