using System.Buffers.Binary;
using Caas.Domain.Events;
using Caas.Engines.Avro;

namespace Caas.Fuzz.Targets;

/// <summary>Values of the event stream: the head with the schema's id, and the Avro binary of events and other records.</summary>
/// <remarks>
/// Rules: what is no value is an <see cref="InvalidDataException"/> and nothing else; an event that was read is written as
/// JSON and as Avro, and read back from each as the same; so are the other records.
/// </remarks>
internal sealed class AvroValueTarget : IFuzzTarget
{
    private const string Topic = "fuzz";
    private const int HeadBytes = 5;

    private readonly AvroEventCodec _events;
    private readonly AvroRecordCodec<DeadLetter> _deadLetters;
    private readonly AvroRecordCodec<Notification> _notifications;

    public AvroValueTarget()
    {
        var registry = new FixedSchemas();
        _events = new AvroEventCodec(registry);
        _deadLetters = new AvroRecordCodec<DeadLetter>(registry, new DeadLetterSchema());
        _notifications = new AvroRecordCodec<Notification>(registry, new NotificationSchema());
    }

    /// <inheritdoc/>
    public string Name => "avro-value";

    /// <inheritdoc/>
    public string Reads => "Avro values of the event stream";

    /// <inheritdoc/>
    public AllocationBound Bound { get; } = new(256 * 1024, 512);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Tokens { get; } =
    [
        [0, 0, 0, 0, 1], [0, 0, 0, 0, 4], [0, 0, 0, 0, 8], [0, 0, 0, 0, 20], [0, 0, 0, 0, 21], [0, 0, 0, 0, 30], [0xff], [0x7f], [0x80, 0x01],
        [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0xff, 0xff, 0xff, 0xff, 0x0f], [0x80, 0x80, 0x80, 0x80, 0x80],
        .. Oracle.Tokens("message.sent", "user.deleted", "user", "key", "system", "owner", "group", "{\"a\":1}", "{\"a\":\"\\ud800\"}", "[[[[[[[["),
    ];

    /// <inheritdoc/>
    public int Run(ReadOnlyMemory<byte> input)
    {
        try
        {
            return SchemaOf(input.Span) switch
            {
                FixedSchemas.DeadLetters => CheckRecord(_deadLetters, input, 100),
                FixedSchemas.Notifications => CheckRecord(_notifications, input, 101),
                _ => CheckEvent(input),
            };
        }
        catch (InvalidDataException refusal)
        {
            // By length, since a message may hold what was read.
            return 1_000 + Math.Min(refusal.Message.Length, 100);
        }
    }

    private static int SchemaOf(ReadOnlySpan<byte> value) => value.Length < HeadBytes ? 0 : BinaryPrimitives.ReadInt32BigEndian(value[1..]);

    private int CheckEvent(ReadOnlyMemory<byte> input)
    {
        var read = Oracle.Completed(_events.DecodeAsync(input, CancellationToken.None));
        try
        {
            return CheckAccepted(read, input);
        }
        catch (InvalidDataException refusal)
        {
            throw new OracleException($"An event that was read is an event. {refusal}");
        }
    }

    private int CheckAccepted(Event read, ReadOnlyMemory<byte> input)
    {
        var json = EventJson.Write(read);
        Oracle.Require(EventJson.Write(EventJson.Read(json)).AsSpan().SequenceEqual(json), "An event's JSON reads the same.");
        _ = EventJson.Blank(json);
        var change = new Change(read.ClientId, read.ConversationId, read.Version ?? 0, read.Type, json, TraceParent: null);
        var encoded = Oracle.Completed(_events.EncodeAsync(Topic, change, CancellationToken.None));
        var again = Oracle.Completed(_events.DecodeAsync(encoded, CancellationToken.None));
        Oracle.Require(EventJson.Write(again).AsSpan().SequenceEqual(json), "An event's Avro reads the same.");
        var spared = Oracle.Completed(_events.EncodeAsync(Topic, change with { Source = read }, CancellationToken.None));
        again = Oracle.Completed(_events.DecodeAsync(spared, CancellationToken.None));
        Oracle.Require(EventJson.Write(again).AsSpan().SequenceEqual(json), "An event's Avro says the same whether or not its JSON was read.");
        var typed = Oracle.Completed(_events.DecodeAsync(input, read.Type, CancellationToken.None));
        Oracle.Require(typed is not null, "An event is of its own type.");
        var other = Oracle.Completed(_events.DecodeAsync(input, read.Type + ".", CancellationToken.None));
        Oracle.Require(other is null, "An event is of no other type.");
        return (int)EventFamily.OfType(read.Type)!.Kind;
    }

    private static int CheckRecord<T>(AvroRecordCodec<T> codec, ReadOnlyMemory<byte> input, int verdict)
        where T : class
    {
        var read = Oracle.Completed(codec.DecodeAsync(input, CancellationToken.None));
        var encoded = Oracle.Completed(codec.EncodeAsync(read, CancellationToken.None));
        var again = Oracle.Completed(codec.DecodeAsync(encoded, CancellationToken.None));
        var twice = Oracle.Completed(codec.EncodeAsync(again, CancellationToken.None));
        Oracle.Require(twice.Span.SequenceEqual(encoded.Span), "A record's Avro reads the same.");
        return verdict;
    }
}
