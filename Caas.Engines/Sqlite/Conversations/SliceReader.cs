using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Engines.Sqlite.Members;
using Caas.Engines.Sqlite.Messages;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Conversations;

/// <summary>Loads what a decision reads, inside the write.</summary>
internal static class SliceReader
{
    private const string SelectReaction = """
        SELECT 1 FROM reactions r JOIN messages s ON s.conversation_id = r.conversation_id AND s.sequence = r.sequence
        WHERE s.id = ? AND r.conversation_id = ? AND r.user_id = ? AND r.emoji = ?
        """;

    public static ConversationSlice Read(
        Connection connection, ConversationState state, ConversationId id, ConversationHead? head, ConversationNeeds needs)
    {
        var direct = needs.DirectKey is { } pair ? HeadRows.FindDirect(connection, pair) : null;
        var slice = new ConversationSlice(head)
        {
            Sent = needs.Sent is { } sent ? MessageRows.FindSent(connection, id, sent) : null,
            Message = needs.Message is { } message ? MessageRows.Find(connection, id, message) : null,
            ReplyToExists = needs.ReplyTo is { } reply && MessageRows.Exists(connection, id, reply),
            Direct = direct is { } other ? state.Find(other)?.Head : null,
            ReactionStands = needs is { Reaction: { } key, Message: { } reacted } && Stands(connection, id, reacted, key),
        };
        return needs.Members.Count == 0 ? slice : slice with { Members = ReadMembers(connection, state, id, needs.Members) };
    }

    private static Dictionary<UserId, Membership> ReadMembers(
        Connection connection, ConversationState state, ConversationId id, IReadOnlyList<UserId> users)
    {
        var members = new Dictionary<UserId, Membership>();
        foreach (var user in users)
        {
            if (MemberRows.Find(connection, id, user) is not { } membership)
            {
                continue;
            }

            // What this batch holds back is seen as if it were written.
            var held = state.HeldPosition(id, user);
            members[user] = held > membership.Member.LastReadSequence
                ? membership with { Member = membership.Member with { LastReadSequence = held } }
                : membership;
        }

        return members;
    }

    private static bool Stands(Connection connection, ConversationId id, MessageId message, ReactionKey key)
    {
        var row = connection.Prepare(SelectReaction)
            .Bind(message.Value).Bind(id.Value).Bind(key.UserId.Value).Bind(key.Emoji);
        var stands = row.Step();
        row.Reset();
        return stands;
    }
}
