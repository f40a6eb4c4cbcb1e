using System.Buffers.Binary;
using Caas.Domain.Events;

namespace Caas.Engines.Avro;

/// <inheritdoc/>
internal sealed class AvroRecordCodec<T>(ISchemaRegistry registry, RecordSchema<T> schema) : IRecordCodec<T>
{
    private const int HeadBytes = 5;
    private const int SizeHint = 512;
    private const int Unknown = -1;

    // The schema's id, once it is known.
    private volatile int _id = Unknown;

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> EncodeAsync(T record, CancellationToken cancellationToken) =>
        _id != Unknown ? ValueTask.FromResult(Encode(record)) : RegisterAndEncodeAsync(record, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<T> DecodeAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (value.Length < HeadBytes || value.Span[0] != 0)
        {
            throw new InvalidDataException("The value does not begin as the Confluent wire format does.");
        }

        var id = BinaryPrimitives.ReadInt32BigEndian(value.Span[1..]);
        return id == _id ? ValueTask.FromResult(Decode(value)) : FindAndDecodeAsync(id, value, cancellationToken);
    }

    private async ValueTask<ReadOnlyMemory<byte>> RegisterAndEncodeAsync(T record, CancellationToken cancellationToken)
    {
        _id = await registry.RegisterAsync(schema.Subject, schema.Schema, cancellationToken).ConfigureAwait(false);
        return Encode(record);
    }

    private async ValueTask<T> FindAndDecodeAsync(int id, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var found = await registry.FindAsync(id, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidDataException($"There is no schema {id}.");
        var form = AvroCanonicalForm.Of(AvroSchemaParser.Parse(found));
        return string.Equals(form, schema.CanonicalForm, StringComparison.Ordinal)
            ? Decode(value)
            : throw new InvalidDataException($"Schema {id} is none of {schema.Subject}.");
    }

    private ReadOnlyMemory<byte> Encode(T record)
    {
        var writer = new AvroWriter(SizeHint);
        try
        {
            writer.WriteHead(_id);
            schema.Write(ref writer, record);
            return writer.Written.ToArray();
        }
        finally
        {
            writer.Return();
        }
    }

    private T Decode(ReadOnlyMemory<byte> value)
    {
        var reader = new AvroReader(value.Span[HeadBytes..]);
        var record = schema.Read(ref reader);
        reader.End();
        return record;
    }
}
