using Caas.Domain.Conversations;
using Caas.Engines.Sqlite.Events;
using Caas.Engines.Sqlite.Members;
using Caas.Engines.Sqlite.Messages;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Conversations;

/// <summary>Writes what a decision filled a commit with.</summary>
internal static class ConversationWriter
{
    private const string InsertLink =
        "INSERT OR IGNORE INTO message_changes (conversation_id, sequence, version) VALUES (?, ?, ?)";

    private const string InsertReaction =
        "INSERT OR IGNORE INTO reactions (conversation_id, user_id, sequence, emoji) VALUES (?, ?, ?, ?)";

    private const string DeleteReaction =
        "DELETE FROM reactions WHERE conversation_id = ? AND user_id = ? AND sequence = ? AND emoji = ?";

    private const string InsertNode =
        "INSERT INTO merkle_nodes (conversation_id, height, place, hash) VALUES (?, ?, ?, ?)";

    /// <summary>The rows, the changes and the head; the last two only where there are changes.</summary>
    public static void Write(DatabaseFile file, ConversationState state, HeadEntry? before, ConversationCommit commit)
    {
        foreach (var write in commit.Writes)
        {
            Write(file, state, commit, write);
        }

        var position = 0L;
        foreach (var change in commit.Changes)
        {
            position = ChangeRows.Append(file, commit.ConversationId.Value, change);
        }

        if (position > 0)
        {
            state.Put(before, commit.Head, position);
        }
    }

    private static void Write(DatabaseFile file, ConversationState state, ConversationCommit commit, ConversationWrite write)
    {
        var id = commit.ConversationId;
        var connection = file.Writer;
        switch (write)
        {
            case InsertMessage insert:
                MessageRows.Insert(connection, insert.Message);
                break;
            case AdvanceRead advance:
                state.Advance(id, advance.UserId, advance.Sequence, commit.Now);
                break;
            case ReplaceMessage replace:
                MessageRows.Update(connection, replace.Message);
                break;
            case PutMembership put:
                MemberRows.Put(connection, put.Membership, commit.Now);
                break;
            case InsertRevision revision:
                RevisionRows.Insert(connection, id, revision.Sequence, revision.Revision);
                break;
            case LinkChange link:
                connection.Prepare(InsertLink).Bind(id.Value).Bind(link.Sequence).Bind(link.Version).Run();
                break;
            case PutReaction reaction:
                connection.Prepare(reaction.Stands ? InsertReaction : DeleteReaction)
                    .Bind(id.Value).Bind(reaction.Key.UserId.Value).Bind(reaction.Sequence).Bind(reaction.Key.Emoji).Run();
                break;
            case InsertMerkleNode { Node: var node }:
                connection.Prepare(InsertNode).Bind(id.Value).Bind(node.Height).Bind(node.Index).Bind(node.Hash).Run();
                break;
            case BlankMessage blank:
                file.ForgetRecent();
                Blanking.Blank(connection, id, blank);
                break;
            case BlankConversation:
                file.ForgetRecent();
                Blanking.Blank(connection, id);
                break;
            default:
                throw new NotSupportedException($"The write {write.GetType().Name} is not known here.");
        }
    }
}
