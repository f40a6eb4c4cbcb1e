using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Members;

namespace Caas.Engines.Avro;

/// <summary>
/// The words of closed sets. Avro enums cannot grow under FULL_TRANSITIVE, so they travel as strings; a word that this
/// version does not know is an <see cref="InvalidDataException"/>.
/// </summary>
internal static class EventWords
{
    public static string Of(ActorType type) => type switch
    {
        ActorType.User => "user",
        ActorType.Key => "key",
        ActorType.System => "system",
    };

    public static string Of(ConversationType type) => type switch
    {
        ConversationType.Direct => "direct",
        ConversationType.Group => "group",
        ConversationType.Channel => "channel",
    };

    public static string Of(HistoryAccess history) => history switch
    {
        HistoryAccess.All => "all",
        HistoryAccess.None => "none",
    };

    public static string Of(MemberRole role) => role switch
    {
        MemberRole.Guest => "guest",
        MemberRole.Member => "member",
        MemberRole.Admin => "admin",
        MemberRole.Owner => "owner",
    };

    public static ActorType ReadActorType(ref AvroReader reader) => reader.ReadUtf8() switch
    {
        var word when word.SequenceEqual("user"u8) => ActorType.User,
        var word when word.SequenceEqual("key"u8) => ActorType.Key,
        var word when word.SequenceEqual("system"u8) => ActorType.System,
        _ => throw new InvalidDataException("Not a kind of actor."),
    };

    public static ConversationType ReadConversationType(ref AvroReader reader) => reader.ReadUtf8() switch
    {
        var word when word.SequenceEqual("direct"u8) => ConversationType.Direct,
        var word when word.SequenceEqual("group"u8) => ConversationType.Group,
        var word when word.SequenceEqual("channel"u8) => ConversationType.Channel,
        _ => throw new InvalidDataException("Not a kind of conversation."),
    };

    public static HistoryAccess ReadHistoryAccess(ref AvroReader reader) => reader.ReadUtf8() switch
    {
        var word when word.SequenceEqual("all"u8) => HistoryAccess.All,
        var word when word.SequenceEqual("none"u8) => HistoryAccess.None,
        _ => throw new InvalidDataException("Not an access to history."),
    };

    public static MemberRole ReadMemberRole(ref AvroReader reader) => reader.ReadUtf8() switch
    {
        var word when word.SequenceEqual("guest"u8) => MemberRole.Guest,
        var word when word.SequenceEqual("member"u8) => MemberRole.Member,
        var word when word.SequenceEqual("admin"u8) => MemberRole.Admin,
        var word when word.SequenceEqual("owner"u8) => MemberRole.Owner,
        _ => throw new InvalidDataException("Not a role."),
    };
}
