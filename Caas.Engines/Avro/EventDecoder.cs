using Caas.Domain.Callers;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Engines.Avro;

/// <summary>The records of <c>schemas/events</c> as events; anything else is an <see cref="InvalidDataException"/>.</summary>
internal static class EventDecoder
{
    /// <summary>Reads the record of this kind.</summary>
    public static Event Read(ref AvroReader reader, EventKind kind) => new()
    {
        // An object initializer runs in the order in which it is written, which is the schema's.
        Id = ResourceDecoder.ReadId<EventId>(ref reader),
        Type = reader.ReadString(),
        ClientId = ResourceDecoder.ReadId<ClientId>(ref reader),
        ConversationId = reader.ReadBranch() ? ResourceDecoder.ReadId<ConversationId>(ref reader) : null,
        Version = reader.ReadOptionalLong(),
        OccurredAt = reader.ReadTime(),
        Actor = new Actor(EventWords.ReadActorType(ref reader), reader.ReadString()),
        TraceId = reader.ReadOptionalString(),
        Data = ReadBody(ref reader, kind),
    };

    private static EventBody ReadBody(ref AvroReader reader, EventKind kind) => kind switch
    {
        EventKind.Message => new EventBody { Message = ResourceDecoder.ReadMessage(ref reader) },
        EventKind.Conversation => new EventBody { Conversation = ResourceDecoder.ReadConversation(ref reader) },
        EventKind.Member => new EventBody { Member = ResourceDecoder.ReadMember(ref reader) },
        EventKind.Reaction => ReadReaction(ref reader),
        EventKind.Client => new EventBody { Client = ResourceDecoder.ReadClient(ref reader) },
        EventKind.Application => new EventBody { Application = ResourceDecoder.ReadApplication(ref reader) },
        EventKind.Key => new EventBody { Key = ResourceDecoder.ReadKey(ref reader) },
        EventKind.User => new EventBody
        {
            User = reader.ReadBranch() ? ResourceDecoder.ReadUser(ref reader) : null,
            UserId = reader.ReadBranch() ? ResourceDecoder.ReadUserId(ref reader) : null,
        },
        EventKind.Session => new EventBody { Session = ResourceDecoder.ReadSession(ref reader) },
    };

    private static EventBody ReadReaction(ref AvroReader reader) => new()
    {
        MessageId = ResourceDecoder.ReadId<MessageId>(ref reader),
        Emoji = reader.ReadString(),
        UserId = ResourceDecoder.ReadUserId(ref reader),
        Count = reader.ReadInt(),
    };
}
