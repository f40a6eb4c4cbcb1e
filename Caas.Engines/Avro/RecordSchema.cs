using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Engines.Avro;

/// <summary>How a record that is no event is written: its topic, its schema, its fields in the schema's order.</summary>
/// <typeparam name="T">The record.</typeparam>
internal abstract class RecordSchema<T>
{
    private const string Namespace = "caas.events.";

    protected RecordSchema(string topic, string name)
    {
        Subject = $"{topic}-{Namespace}{name}";
        Schema = EmbeddedSchemas.Read(name);
        CanonicalForm = AvroCanonicalForm.Of(AvroSchemaParser.Parse(Schema));
    }

    /// <summary>The topic and the record's full name.</summary>
    public string Subject { get; }

    /// <summary>The schema, as it is in the repository.</summary>
    public string Schema { get; }

    /// <summary>What decides the bytes of a value.</summary>
    public string CanonicalForm { get; }

    public abstract void Write(ref AvroWriter writer, T record);

    public abstract T Read(ref AvroReader reader);
}

/// <summary>Of dead letters and their replays.</summary>
internal sealed class DeadLetterSchema() : RecordSchema<DeadLetter>(Topics.DeadLetters, nameof(DeadLetter))
{
    public override void Write(ref AvroWriter writer, DeadLetter record)
    {
        writer.WriteString(record.Id.ToString());
        writer.WriteString(record.Topic);
        writer.WriteLong(record.Partition);
        writer.WriteLong(record.Offset);
        writer.WriteString(record.Key);
        writer.WriteOptional(record.EventId);
        writer.WriteString(record.Consumer);
        writer.WriteLong(record.Attempts);
        writer.WriteString(record.Reason);
        writer.WriteTime(record.AppendedAt);
        writer.WriteTime(record.FailedAt);

        // Bytes are written as strings are: a length and the bytes.
        writer.WriteString(record.Value.Span);
        writer.WriteOptional(record.TraceParent);
        writer.WriteOptional(record.ReplayRequestedAt);
    }

    public override DeadLetter Read(ref AvroReader reader) => new()
    {
        Id = ResourceDecoder.ReadId<DeadLetterId>(ref reader),
        Topic = reader.ReadString(),
        Partition = reader.ReadInt(),
        Offset = reader.ReadLong(),
        Key = reader.ReadString(),
        EventId = reader.ReadOptionalString(),
        Consumer = reader.ReadString(),
        Attempts = reader.ReadInt(),
        Reason = reader.ReadString(),
        AppendedAt = reader.ReadTime(),
        FailedAt = reader.ReadTime(),
        Value = reader.ReadUtf8().ToArray(),
        TraceParent = reader.ReadOptionalString(),
        ReplayRequestedAt = reader.ReadOptionalTime(),
    };
}

/// <summary>Of what the operator is told.</summary>
internal sealed class NotificationSchema() : RecordSchema<Notification>(Topics.Notifications, nameof(Notification))
{
    public override void Write(ref AvroWriter writer, Notification record)
    {
        writer.WriteString(record.Id.ToString());
        writer.WriteString(record.Type);
        writer.WriteString(record.Subject);
        writer.WriteOptional(record.ClientId?.ToString());
        writer.WriteString(record.Detail);
        writer.WriteTime(record.OccurredAt);
    }

    // Arguments run in the order in which they are written, which is the schema's.
    public override Notification Read(ref AvroReader reader) => new(
        ResourceDecoder.ReadId<EventId>(ref reader),
        reader.ReadString(),
        reader.ReadString(),
        reader.ReadBranch() ? ResourceDecoder.ReadId<ClientId>(ref reader) : null,
        reader.ReadString(),
        reader.ReadTime());
}
