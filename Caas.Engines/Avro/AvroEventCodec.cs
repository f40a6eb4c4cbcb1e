using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text.Json;
using Caas.Domain.Events;

namespace Caas.Engines.Avro;

/// <inheritdoc/>
/// <remarks>
/// Decoding what was encoded and writing it with <see cref="EventJson"/> gives the same bytes. What depends on the reader
/// (<c>mine</c>, <c>unreadCount</c>, <c>lastMessage</c>, <c>lastReadSequence</c>) is never in an event and has no place
/// in the schemas. Events without a place in the log (<c>typing.*</c>, <c>presence.*</c>, <c>read.*</c>) have no schema:
/// encoding them is an <see cref="InvalidDataException"/>.
/// </remarks>
internal sealed class AvroEventCodec(ISchemaRegistry registry) : IEventCodec
{
    private const int HeadBytes = 5;

    private readonly ConcurrentDictionary<(string Topic, EventKind Kind), int> _ids = new();
    private readonly ConcurrentDictionary<int, EventKind> _kinds = new();

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> EncodeAsync(
        string topic, Change change, CancellationToken cancellationToken)
    {
        var occurred = change.Source ?? ReadJson(change.Body.Span);
        var family = EventFamily.OfType(occurred.Type)
            ?? throw new InvalidDataException($"There is no schema for events of type '{occurred.Type}'.");
        return _ids.TryGetValue((topic, family.Kind), out var id)
            ? ValueTask.FromResult(Encode(occurred, family.Kind, id, change.Body.Length))
            : RegisterAndEncodeAsync(topic, family, occurred, change.Body.Length, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Event> DecodeAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var id = ReadId(value.Span);
        return _kinds.TryGetValue(id, out var kind)
            ? ValueTask.FromResult(Decode(value, kind))
            : FindAndDecodeAsync(id, value, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Event?> DecodeAsync(ReadOnlyMemory<byte> value, string type, CancellationToken cancellationToken) =>
        _kinds.TryGetValue(ReadId(value.Span), out var kind) && EventFamily.OfType(type)?.Kind != kind
            ? ValueTask.FromResult<Event?>(null)
            : DecodeOfTypeAsync(value, type, cancellationToken);

    private static int ReadId(ReadOnlySpan<byte> value) => value.Length >= HeadBytes && value[0] == 0
        ? BinaryPrimitives.ReadInt32BigEndian(value[1..])
        : throw new InvalidDataException("The value does not begin as the Confluent wire format does.");

    private async ValueTask<Event?> DecodeOfTypeAsync(
        ReadOnlyMemory<byte> value, string type, CancellationToken cancellationToken)
    {
        var occurred = await DecodeAsync(value, cancellationToken).ConfigureAwait(false);
        return occurred.Type == type ? occurred : null;
    }

    private async ValueTask<ReadOnlyMemory<byte>> RegisterAndEncodeAsync(
        string topic, EventFamily family, Event occurred, int sizeHint, CancellationToken cancellationToken)
    {
        var id = await registry.RegisterAsync($"{topic}-{family.FullName}", family.Schema, cancellationToken).ConfigureAwait(false);
        _ids[(topic, family.Kind)] = id;
        return Encode(occurred, family.Kind, id, sizeHint);
    }

    // Only schemas that are our own are remembered, so that strange ids cannot fill the memory.
    private async ValueTask<Event> FindAndDecodeAsync(int id, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var schema = await registry.FindAsync(id, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidDataException($"There is no schema {id}.");
        var form = AvroCanonicalForm.Of(AvroSchemaParser.Parse(schema));
        var family = EventFamily.All.FirstOrDefault(known => string.Equals(known.CanonicalForm, form, StringComparison.Ordinal))
            ?? throw new InvalidDataException($"Schema {id} is none of an event.");
        _kinds[id] = family.Kind;
        return Decode(value, family.Kind);
    }

    private static ReadOnlyMemory<byte> Encode(Event occurred, EventKind kind, int id, int sizeHint)
    {
        var writer = new AvroWriter(sizeHint);
        try
        {
            writer.WriteHead(id);
            EventEncoder.Write(ref writer, occurred, kind);
            return writer.Written.ToArray();
        }
        finally
        {
            writer.Return();
        }
    }

    private static Event Decode(ReadOnlyMemory<byte> value, EventKind kind)
    {
        var reader = new AvroReader(value.Span[HeadBytes..]);
        var occurred = EventDecoder.Read(ref reader, kind);
        reader.End();
        return EventFamily.OfType(occurred.Type)?.Kind == kind
            ? occurred
            : throw new InvalidDataException($"An event of type '{occurred.Type}' in the record of another.");
    }

    private static Event ReadJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return EventJson.Read(json);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("Not an event.", e);
        }
    }
}
