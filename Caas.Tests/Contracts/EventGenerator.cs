using System.Text.Encodings.Web;
using System.Text.Json;
using Caas.Domain.Applications;
using Caas.Domain.Callers;
using Caas.Domain.Clients;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using CsCheck;

namespace Caas.Tests.Contracts;

/// <summary>Every kind of kept event, with every field there and absent.</summary>
internal static class EventGenerator
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Gen<string> Text = Gen.Frequency(
            (8, Gen.Int[0x20, 0x7e]), (1, Gen.Int[0, 0x1f]), (2, Gen.Int[0x80, 0xd7ff]), (1, Gen.Int[0xe000, 0x10ffff]))
        .Array[0, 24].Select(static runes => string.Concat(runes.Select(char.ConvertFromUtf32)));

    private static readonly Gen<DateTimeOffset> Time = Gen.Long[-62_135_596_800_000, 253_402_300_799_999]
        .Select(DateTimeOffset.FromUnixTimeMilliseconds);

    private static readonly Gen<DateTimeOffset?> MaybeTime = Time.Nullable();

    private static readonly Gen<UserId> User = Gen.Char["abcXYZ019._@:-"].Array[1, 20]
        .Select(static characters => UserId.Parse(new string(characters)));

    private static readonly Gen<JsonElement?> Attributes = Gen.OneOf(
            Gen.Const("{}"),
            Gen.Const("""{"a":1.0e5,"b":[null,true,{"c":"é\u2028😀\"\\"}],"":{"deep":[[[[-0.10]]]]},"a":12345678901234567890}"""),
            Gen.Select(Text, Text, static (name, value) =>
                JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value }, Relaxed)))
        .Select(static json => JsonElement.Parse(json)).Nullable();

    private static readonly Gen<Dictionary<string, ReactionCount>> Reactions = Gen.Select(Text, Gen.Int).Array[0, 4]
        .Select(static pairs => pairs.DistinctBy(static pair => pair.Item1, StringComparer.Ordinal)
            .ToDictionary(static pair => pair.Item1, static pair => new ReactionCount(pair.Item2), StringComparer.Ordinal));

    private static readonly Gen<EventBody> Messages =
        from ids in Gen.Select(Id<MessageId>(), Id<ConversationId>(), Id<MessageId>().Nullable())
        from texts in Gen.Select(Text, Text.Null(), Text, Text)
        from who in Gen.Select(User, User.Array[0, 3], Id<FileId>().Array[0, 3])
        from times in Gen.Select(Time, MaybeTime, MaybeTime, MaybeTime)
        from rest in Gen.Select(Gen.Long, Attributes, Reactions)
        select new EventBody
        {
            Message = new Message
            {
                Id = ids.Item1,
                ConversationId = ids.Item2,
                Sequence = rest.Item1,
                SenderId = who.Item1,
                ClientMessageId = texts.Item1,
                Text = texts.Item2,
                Attachments = who.Item3,
                ReplyTo = ids.Item3,
                Mentions = who.Item2,
                Reactions = rest.Item3,
                Attributes = rest.Item2,
                Leaf = texts.Item3,
                CreatedAt = times.Item1,
                EditedAt = times.Item2,
                DeletedAt = times.Item3,
                PinnedAt = times.Item4,
                Etag = texts.Item4,
            },
        };

    private static readonly Gen<EventBody> Conversations =
        from kind in Gen.Select(Id<ConversationId>(), Gen.Enum<ConversationType>(), Gen.Enum<HistoryAccess>(), Gen.Bool)
        from texts in Gen.Select(Text.Null(), Text, Attributes)
        from numbers in Gen.Select(Gen.Int, Gen.Long, Gen.Long)
        from times in Gen.Select(Time, Time)
        select new EventBody
        {
            Conversation = new Conversation
            {
                Id = kind.Item1,
                Type = kind.Item2,
                Name = texts.Item1,
                History = kind.Item3,
                Encrypted = kind.Item4,
                Attributes = texts.Item3,
                MemberCount = numbers.Item1,
                LastSequence = numbers.Item2,
                Version = numbers.Item3,
                CreatedAt = times.Item1,
                UpdatedAt = times.Item2,
                Etag = texts.Item2,
            },
        };

    private static readonly Gen<EventBody> Members = Gen.Select(User, Gen.Enum<MemberRole>(), Time, Gen.Long)
        .Select(static (user, role, joined, from) => new EventBody
        {
            Member = new Member { UserId = user, Role = role, JoinedAt = joined, FromSequence = from },
        });

    private static readonly Gen<EventBody> ReactionBodies = Gen.Select(Id<MessageId>(), Text, User, Gen.Int)
        .Select(static (message, emoji, user, count) =>
            new EventBody { MessageId = message, Emoji = emoji, UserId = user, Count = count });

    private static readonly Gen<EventBody> Clients = Gen.Select(Id<ClientId>(), Text, Text, Time, Text)
        .Select(static (id, name, email, created, etag) =>
            new EventBody { Client = new Client { Id = id, Name = name, Email = email, CreatedAt = created, Etag = etag } });

    private static readonly Gen<EventBody> ApplicationBodies = Gen.Select(Id<AppId>(), Text, Text, Text.Array[0, 3], Time, Text)
        .Select(static (id, name, label, origins, created, etag) => new EventBody
        {
            Application = new Application
            {
                Id = id,
                Name = name,
                Label = label,
                AllowedOrigins = origins,
                CreatedAt = created,
                Etag = etag,
            },
        });

    private static readonly Gen<EventBody> KeyBodies = Gen.Select(
            Id<KeyId>(), Id<AppId>(), Text, Text.Array[0, 3], Time, MaybeTime, MaybeTime)
        .Select(static (id, app, name, scopes, created, expires, used) => new EventBody
        {
            Key = new ApiKey
            {
                Id = id,
                ApplicationId = app,
                Name = name,
                Scopes = scopes,
                CreatedAt = created,
                ExpiresAt = expires,
                LastUsedAt = used,
            },
        });

    private static readonly Gen<EventBody> UserBodies = Gen.OneOf(
        User.Select(static user => new EventBody { UserId = user }),
        Gen.Select(User, Text.Null(), Text.Null(), Text, Attributes, Time, Text)
            .Select(static (id, name, avatar, role, attributes, created, etag) => new EventBody
            {
                User = new User
                {
                    Id = id,
                    Name = name,
                    AvatarUrl = avatar,
                    Role = role,
                    Attributes = attributes,
                    CreatedAt = created,
                    Etag = etag,
                },
            }));

    private static readonly Gen<EventBody> Sessions = Gen.Select(Id<SessionId>(), User, Id<DeviceId>(), Id<AppId>(), Time, Time, MaybeTime)
        .Select(static (id, user, device, app, created, expires, revoked) => new EventBody
        {
            Session = new Session
            {
                Id = id,
                UserId = user,
                DeviceId = device,
                ApplicationId = app,
                CreatedAt = created,
                ExpiresAt = expires,
                RevokedAt = revoked,
            },
        });

    /// <summary>Any kept event.</summary>
    public static Gen<Event> Kept { get; } = Gen.OneOf(
        Of(Messages, EventTypes.MessageSent, EventTypes.MessageEdited, EventTypes.MessageDeleted),
        Of(Conversations, EventTypes.ConversationCreated, EventTypes.ConversationDeleted),
        Of(Members, EventTypes.MemberAdded, EventTypes.MemberRemoved),
        Of(ReactionBodies, EventTypes.ReactionAdded, EventTypes.ReactionRemoved),
        Of(Clients, EventTypes.ClientCreated, EventTypes.ClientDeleted),
        Of(ApplicationBodies, EventTypes.ApplicationCreated),
        Of(KeyBodies, EventTypes.KeyCreated, EventTypes.KeyRevoked),
        Of(UserBodies, EventTypes.UserUpdated, EventTypes.UserDeleted),
        Of(Sessions, EventTypes.SessionRevoked));

    /// <summary>A message that was sent, as it usually is.</summary>
    public static Event One() => new()
    {
        Id = new EventId(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)),
        Type = EventTypes.MessageSent,
        ClientId = new ClientId(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)),
        ConversationId = new ConversationId(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)),
        Version = 42,
        OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_123),
        Actor = new Actor(ActorType.User, "alice"),
        TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
        Data = new EventBody
        {
            Message = new Message
            {
                Id = new MessageId(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)),
                ConversationId = new ConversationId(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)),
                Sequence = 41,
                SenderId = UserId.Parse("alice"),
                ClientMessageId = "01JB0HQV8WF2T9Y3RM5X6Z7A1C",
                Text = "Shall we meet at nine? I'll bring the drawings. 🙂",
                Attachments = [],
                ReplyTo = null,
                Mentions = [UserId.Parse("bob")],
                Reactions = new Dictionary<string, ReactionCount>(StringComparer.Ordinal),
                Attributes = null,
                Leaf = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_123),
                Etag = "1",
            },
        },
    };

    private static Gen<TId> Id<TId>()
        where TId : struct, ITypeId<TId> => Gen.Guid.Select(TId.From);

    private static Gen<Event> Of(Gen<EventBody> bodies, params string[] types) =>
        from ids in Gen.Select(Id<EventId>(), Id<ClientId>(), Id<ConversationId>().Nullable(), Gen.Long.Nullable())
        from type in Gen.OneOf(types)
        from actor in Gen.Select(Gen.Enum<ActorType>(), Text)
        from rest in Gen.Select(Time, Text.Null(), bodies)
        select new Event
        {
            Id = ids.Item1,
            Type = type,
            ClientId = ids.Item2,
            ConversationId = ids.Item3,
            Version = ids.Item4,
            OccurredAt = rest.Item1,
            Actor = new Actor(actor.Item1, actor.Item2),
            TraceId = rest.Item2,
            Data = rest.Item3,
        };
}
