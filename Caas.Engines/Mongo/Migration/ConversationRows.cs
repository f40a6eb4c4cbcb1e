using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Engines.Migration;
using Caas.Engines.Mongo.Conversations;
using Caas.Engines.Mongo.Events;
using Caas.Engines.Mongo.Members;
using Caas.Engines.Mongo.Messages;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Migration;

/// <summary>The documents of what a conversation is made of, from the rows that are moved.</summary>
internal static class ConversationRows
{
    public static BsonDocument WriteHead(MovedRow row)
    {
        var head = new ConversationHead
        {
            Id = new ConversationId(row.Id("id")),
            Type = (ConversationType)row.Small("type"),
            DirectKey = row.TextOrNull("direct_key"),
            Name = row.TextOrNull("name"),
            History = (HistoryAccess)row.Small("history"),
            Encrypted = row.Flag("encrypted"),
            Attributes = row.JsonOrNull("attributes"),
            MemberCount = row.Small("member_count"),
            OwnerCount = row.Small("owner_count"),
            LastSequence = row.Number("last_sequence"),
            Version = row.Number("version"),
            MembersVersion = row.Number("members_version"),
            SettingsVersion = row.Number("settings_version"),
            Leaves = MerkleFrontier.Restore(row.Number("leaf_count"), row.Bytes("leaf_peaks")),
            CreatedAt = row.Time("created_at"),
            UpdatedAt = row.Time("updated_at"),
            DeletedAt = row.TimeOrNull("deleted_at"),
        };
        return HeadDocuments.Write(head, row.Number("last_position"));
    }

    public static BsonDocument WriteMessage(MovedRow row)
    {
        var message = new Message
        {
            Id = new MessageId(row.Id("id")),
            ConversationId = Conversation(row),
            Sequence = row.Number("sequence"),
            SenderId = row.User("sender_id"),
            ClientMessageId = row.Text("client_message_id"),
            Text = row.TextOrNull("text"),
            Attachments = row.Files("attachments"),
            ReplyTo = row.IdOrNull("reply_to") is { } replied ? new MessageId(replied) : null,
            Mentions = row.Users("mentions"),
            Reactions = row.Counts("reactions"),
            Attributes = row.JsonOrNull("attributes"),
            Leaf = Convert.ToHexStringLower(row.Bytes("leaf")),
            CreatedAt = row.Time("created_at"),
            EditedAt = row.TimeOrNull("edited_at"),
            DeletedAt = row.TimeOrNull("deleted_at"),
            PinnedAt = row.TimeOrNull("pinned_at"),
            Etag = row.Text("etag"),
        };
        return MessageDocuments.Write(new StoredMessage(
            message, row.Bytes("salt"), row.Bytes("fingerprint"), row.Number("sent_version"), row.Small("edits")));
    }

    public static BsonDocument WriteRevision(MovedRow row) => PartDocuments.WriteRevision(
        Conversation(row),
        row.Number("sequence"),
        new Revision(
            row.Small("number"), row.TextOrNull("text"), row.JsonOrNull("attributes"), row.Users("mentions"), row.Time("at")));

    public static BsonDocument WriteReaction(MovedRow row) => new(Bson.Key, PartDocuments.ReactionKeyOf(
        Conversation(row), row.Number("sequence"), new ReactionKey(row.User("user_id"), row.Text("emoji"))));

    public static BsonDocument WriteLink(MovedRow row) =>
        PartDocuments.WriteLink(Conversation(row), new LinkChange(row.Number("sequence"), row.Number("version")));

    public static BsonDocument WriteNode(MovedRow row) => PartDocuments.WriteNode(
        Conversation(row), new MerkleNode(row.Small("height"), row.Number("place"), row.Bytes("hash")));

    /// <summary>Only what is stored of a change; whose database it is of is not in the document.</summary>
    public static BsonDocument WriteChange(MovedRow row) => ChangeDocuments.Write(
        row.Number("position"),
        row.Id("log_id"),
        new Change(default, null, row.Number("version"), row.Text("type"), row.Bytes("body"), row.TextOrNull("trace_parent")));

    public static BsonDocument WriteMember(MovedRow row) => MemberDocuments.Write(
        new Membership(
            Conversation(row),
            new Member
            {
                UserId = row.User("user_id"),
                Role = (MemberRole)row.Small("role"),
                JoinedAt = row.Time("joined_at"),
                FromSequence = row.Number("from_sequence"),
                LastReadSequence = row.Number("last_read_sequence"),
            },
            row.Number("joined_version"),
            row.NumberOrNull("left_version")),
        row.Time("read_moved_at"));

    private static ConversationId Conversation(MovedRow row) => new(row.Id("conversation_id"));

    private static Dictionary<string, ReactionCount> Counts(this MovedRow row, string column)
    {
        var counts = new Dictionary<string, ReactionCount>(StringComparer.Ordinal);
        if (row.JsonOrNull(column) is { } json)
        {
            foreach (var one in json.EnumerateObject())
            {
                counts.Add(one.Name, new ReactionCount(one.Value.GetInt32()));
            }
        }

        return counts;
    }
}
