namespace Caas.Domain.Events;

/// <summary>Events as values of the stream: Avro in the Confluent wire format (magic byte 0, schema id, Avro binary).</summary>
public interface IEventCodec
{
    /// <summary>The value of the event of a change. Completes at once after the first of a kind.</summary>
    ValueTask<ReadOnlyMemory<byte>> EncodeAsync(string topic, Change change, CancellationToken cancellationToken);

    /// <summary>The event of a value; an <see cref="InvalidDataException"/> where it is none or its schema is unknown.</summary>
    ValueTask<Event> DecodeAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken);

    /// <summary>
    /// The same where the event is of this type, else null, which costs next to nothing where not even the kind of
    /// resource is the same; then the rest of the value is not looked at.
    /// </summary>
    ValueTask<Event?> DecodeAsync(ReadOnlyMemory<byte> value, string type, CancellationToken cancellationToken);
}
