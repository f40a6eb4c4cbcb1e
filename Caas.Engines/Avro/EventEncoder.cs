using Caas.Domain.Events;

namespace Caas.Engines.Avro;

/// <summary>Events as the records of <c>schemas/events</c>: every field, in the schema's order.</summary>
internal static class EventEncoder
{
    /// <summary>Writes the record of this kind; an <see cref="InvalidDataException"/> where the event lacks its resource.</summary>
    public static void Write(ref AvroWriter writer, Event occurred, EventKind kind)
    {
        WriteEnvelope(ref writer, occurred);
        var data = occurred.Data;
        switch (kind)
        {
            case EventKind.Message:
                ResourceEncoder.Write(ref writer, data.Message ?? throw Missing(occurred));
                break;
            case EventKind.Conversation:
                ResourceEncoder.Write(ref writer, data.Conversation ?? throw Missing(occurred));
                break;
            case EventKind.Member:
                ResourceEncoder.Write(ref writer, data.Member ?? throw Missing(occurred));
                break;
            case EventKind.Reaction:
                WriteReaction(ref writer, occurred);
                break;
            case EventKind.Client:
                ResourceEncoder.Write(ref writer, data.Client ?? throw Missing(occurred));
                break;
            case EventKind.Application:
                ResourceEncoder.Write(ref writer, data.Application ?? throw Missing(occurred));
                break;
            case EventKind.Key:
                ResourceEncoder.Write(ref writer, data.Key ?? throw Missing(occurred));
                break;
            case EventKind.User:
                WriteUser(ref writer, data);
                break;
            case EventKind.Session:
                ResourceEncoder.Write(ref writer, data.Session ?? throw Missing(occurred));
                break;
        }
    }

    private static void WriteEnvelope(ref AvroWriter writer, Event occurred)
    {
        writer.WriteString(occurred.Id.ToString());
        writer.WriteString(occurred.Type);
        writer.WriteString(occurred.ClientId.ToString());
        writer.WriteOptional(occurred.ConversationId?.ToString());
        writer.WriteOptional(occurred.Version);
        writer.WriteTime(occurred.OccurredAt);
        writer.WriteString(EventWords.Of(occurred.Actor.Type));
        writer.WriteString(occurred.Actor.Id);
        writer.WriteOptional(occurred.TraceId);
    }

    private static void WriteReaction(ref AvroWriter writer, Event occurred)
    {
        var data = occurred.Data;
        if (data is not { MessageId: { } message, Emoji: { } emoji, UserId: { } user, Count: { } count })
        {
            throw Missing(occurred);
        }

        writer.WriteString(message.ToString());
        writer.WriteString(emoji);
        writer.WriteString(user.Value);
        writer.WriteLong(count);
    }

    // An erased user is an id and nothing else.
    private static void WriteUser(ref AvroWriter writer, EventBody data)
    {
        if (writer.WriteBranch(data.User is not null))
        {
            ResourceEncoder.Write(ref writer, data.User!);
        }

        writer.WriteOptional(data.UserId?.Value);
    }

    private static InvalidDataException Missing(Event occurred) =>
        new($"The event {occurred.Id} of type '{occurred.Type}' lacks its resource.");
}
