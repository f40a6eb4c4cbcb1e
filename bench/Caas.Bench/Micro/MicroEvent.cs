using Caas.Domain.Callers;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Messages;

namespace Caas.Bench.Micro;

/// <summary>A <c>message.sent</c> as it goes through the product.</summary>
internal static class MicroEvent
{
    public static Event Create()
    {
        var conversation = new ConversationId(Guid.CreateVersion7(DateTimeOffset.UnixEpoch));
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_123);
        return new Event
        {
            Id = new EventId(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)),
            Type = EventTypes.MessageSent,
            ClientId = new ClientId(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)),
            ConversationId = conversation,
            Version = 42,
            OccurredAt = now,
            Actor = new Actor(ActorType.User, "alice"),
            TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
            Data = new EventBody
            {
                Message = new Message
                {
                    Id = new MessageId(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)),
                    ConversationId = conversation,
                    Sequence = 41,
                    SenderId = UserId.Parse("alice"),
                    ClientMessageId = "01JB0HQV8WF2T9Y3RM5X6Z7A1C",
                    Text = "The quick brown fox jumps over the lazy dog, again and again and again..",
                    Attachments = [],
                    ReplyTo = null,
                    Mentions = [UserId.Parse("bob")],
                    Reactions = new Dictionary<string, ReactionCount>(StringComparer.Ordinal),
                    Attributes = null,
                    Leaf = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    CreatedAt = now,
                    Etag = "42",
                },
            },
        };
    }
}
