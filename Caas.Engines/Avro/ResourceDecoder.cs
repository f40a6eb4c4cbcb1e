using System.Text.Json;
using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Tokens;
using Caas.Domain.Users;

namespace Caas.Engines.Avro;

/// <summary>The resources in events. An object initializer runs in the order in which it is written: the schema's.</summary>
internal static class ResourceDecoder
{
    public static Message ReadMessage(ref AvroReader reader) => new()
    {
        Id = ReadId<MessageId>(ref reader),
        ConversationId = ReadId<ConversationId>(ref reader),
        Sequence = reader.ReadLong(),
        SenderId = ReadUserId(ref reader),
        ClientMessageId = reader.ReadString(),
        Text = reader.ReadOptionalString(),
        Attachments = ReadItems(ref reader, ReadId<FileId>),
        ReplyTo = reader.ReadBranch() ? ReadId<MessageId>(ref reader) : null,
        Mentions = ReadItems(ref reader, ReadUserId),
        Reactions = ReadReactions(ref reader),
        Attributes = ReadAttributes(ref reader),
        Leaf = reader.ReadString(),
        CreatedAt = reader.ReadTime(),
        EditedAt = reader.ReadOptionalTime(),
        DeletedAt = reader.ReadOptionalTime(),
        PinnedAt = reader.ReadOptionalTime(),
        Etag = reader.ReadString(),
    };

    public static Conversation ReadConversation(ref AvroReader reader) => new()
    {
        Id = ReadId<ConversationId>(ref reader),
        Type = EventWords.ReadConversationType(ref reader),
        Name = reader.ReadOptionalString(),
        History = EventWords.ReadHistoryAccess(ref reader),
        Encrypted = reader.ReadBoolean(),
        Attributes = ReadAttributes(ref reader),
        MemberCount = reader.ReadInt(),
        LastSequence = reader.ReadLong(),
        Version = reader.ReadLong(),
        CreatedAt = reader.ReadTime(),
        UpdatedAt = reader.ReadTime(),
        Etag = reader.ReadString(),
    };

    public static Member ReadMember(ref AvroReader reader) => new()
    {
        UserId = ReadUserId(ref reader),
        Role = EventWords.ReadMemberRole(ref reader),
        JoinedAt = reader.ReadTime(),
        FromSequence = reader.ReadLong(),
    };

    public static Client ReadClient(ref AvroReader reader) => new()
    {
        Id = ReadId<ClientId>(ref reader),
        Name = reader.ReadString(),
        Email = reader.ReadString(),
        CreatedAt = reader.ReadTime(),
        Etag = reader.ReadString(),
    };

    public static Application ReadApplication(ref AvroReader reader) => new()
    {
        Id = ReadId<AppId>(ref reader),
        Name = reader.ReadString(),
        Label = reader.ReadString(),
        AllowedOrigins = ReadItems(ref reader, ReadText),
        CreatedAt = reader.ReadTime(),
        Etag = reader.ReadString(),
    };

    public static ApiKey ReadKey(ref AvroReader reader) => new()
    {
        Id = ReadId<KeyId>(ref reader),
        ApplicationId = ReadId<AppId>(ref reader),
        Name = reader.ReadString(),
        Scopes = ReadItems(ref reader, ReadText),
        CreatedAt = reader.ReadTime(),
        ExpiresAt = reader.ReadOptionalTime(),
        LastUsedAt = reader.ReadOptionalTime(),
    };

    public static User ReadUser(ref AvroReader reader) => new()
    {
        Id = ReadUserId(ref reader),
        Name = reader.ReadOptionalString(),
        AvatarUrl = reader.ReadOptionalString(),
        Role = reader.ReadString(),
        Attributes = ReadAttributes(ref reader),
        CreatedAt = reader.ReadTime(),
        Etag = reader.ReadString(),
    };

    public static Session ReadSession(ref AvroReader reader) => new()
    {
        Id = ReadId<SessionId>(ref reader),
        UserId = ReadUserId(ref reader),
        DeviceId = ReadId<DeviceId>(ref reader),
        ApplicationId = ReadId<AppId>(ref reader),
        CreatedAt = reader.ReadTime(),
        ExpiresAt = reader.ReadTime(),
        RevokedAt = reader.ReadOptionalTime(),
    };

    public static TId ReadId<TId>(ref AvroReader reader)
        where TId : struct, ITypeId<TId> =>
        TypeId.TryParse<TId>(reader.ReadString(), out var id) ? id : throw new InvalidDataException($"Not a {TId.Prefix}_ id.");

    public static UserId ReadUserId(ref AvroReader reader) =>
        UserId.TryParse(reader.ReadString(), out var id) ? id : throw new InvalidDataException("Not a user id.");

    private static string ReadText(ref AvroReader reader) => reader.ReadString();

    // An event whose attributes cannot be written, or are too deep to be read again, is none.
    private static JsonElement? ReadAttributes(ref AvroReader reader) =>
        reader.ReadBranch() ? UnicodeJson.Parse(reader.ReadUtf8(), EventJson.MaxAttributesDepth) : null;

    // The list grows with the items that are there, not with the count that is declared.
    private static List<T> ReadItems<T>(ref AvroReader reader, ItemReader<T> readItem)
    {
        var items = new List<T>();
        for (var left = reader.ReadBlock(); left > 0; left = reader.ReadBlock())
        {
            for (; left > 0; left--)
            {
                items.Add(readItem(ref reader));
            }
        }

        return items;
    }

    private static Dictionary<string, ReactionCount> ReadReactions(ref AvroReader reader)
    {
        var reactions = new Dictionary<string, ReactionCount>(StringComparer.Ordinal);
        for (var left = reader.ReadBlock(); left > 0; left = reader.ReadBlock())
        {
            for (; left > 0; left--)
            {
                var emoji = reader.ReadString();
                reactions[emoji] = new ReactionCount(reader.ReadInt());
            }
        }

        return reactions;
    }

    private delegate T ItemReader<T>(ref AvroReader reader);
}
