using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Engines.Mongo.Members;
using Caas.Engines.Mongo.Messages;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Conversations;

/// <summary>
/// Gathers what the decisions of a batch write. What several of them move (heads, messages, read positions) is written
/// once, as it is in the end.
/// </summary>
internal sealed class BatchWriter(MongoUnit unit, BatchState state)
{
    private readonly Dictionary<(ConversationId, UserId), (long Sequence, DateTimeOffset At)> _reads = [];

    /// <summary>Takes one decision; the next one sees its effects.</summary>
    public async Task AddAsync(ConversationCommit commit)
    {
        foreach (var write in commit.Writes)
        {
            await AddAsync(commit, write);
        }

        var position = 0L;
        foreach (var change in commit.Changes)
        {
            position = unit.Add(commit.ConversationId.Value, change);
        }

        if (position > 0)
        {
            state.Put(commit.Head, position);
        }
    }

    /// <summary>Writes what was held back for the end.</summary>
    public void Finish()
    {
        foreach (var head in state.Heads.Values.Where(static head => head.IsChanged))
        {
            if (head.Before is { } before)
            {
                HeadDocuments.Replace(unit, before, head.Head, head.Position);
            }
            else
            {
                HeadDocuments.Insert(unit, head.Head, head.Position);
            }
        }

        foreach (var message in state.Messages.Values.Where(static message => message.IsChanged))
        {
            var document = MessageDocuments.Write(message.Stored);
            if (message.IsNew)
            {
                unit.Insert(MongoCollections.Messages, document);
            }
            else
            {
                unit.Replace(MongoCollections.Messages, Match.ByKey(document[Bson.Key]), document);
            }
        }

        foreach (var (key, read) in _reads)
        {
            Advance(key.Item1, key.Item2, read);
        }
    }

    private async Task AddAsync(ConversationCommit commit, ConversationWrite write)
    {
        var id = commit.ConversationId;
        switch (write)
        {
            case InsertMessage insert:
                state.Put(insert.Message, isNew: true);
                break;
            case ReplaceMessage replace:
                state.Put(replace.Message, isNew: false);
                break;
            case AdvanceRead advance:
                Advance(id, advance, commit.Now);
                break;
            case PutMembership put:
                Put(put, commit.Now);
                break;
            case InsertRevision revision:
                unit.Insert(MongoCollections.Revisions, PartDocuments.WriteRevision(id, revision.Sequence, revision.Revision));
                break;
            case LinkChange link:
                unit.Insert(MongoCollections.Links, PartDocuments.WriteLink(id, link));
                break;
            case PutReaction reaction:
                Put(id, reaction);
                break;
            case InsertMerkleNode node:
                unit.Insert(MongoCollections.Nodes, PartDocuments.WriteNode(id, node.Node));
                break;
            case BlankMessage blank:
                await Blanking.BlankAsync(unit, id, blank);
                break;
            case BlankConversation:
                await Blanking.BlankAsync(unit, id);
                break;
            default:
                throw new NotSupportedException($"The write {write.GetType().Name} is not known here.");
        }
    }

    private void Advance(ConversationId id, AdvanceRead advance, DateTimeOffset now)
    {
        if (!_reads.TryGetValue((id, advance.UserId), out var held) || advance.Sequence > held.Sequence)
        {
            _reads[(id, advance.UserId)] = (advance.Sequence, now);
        }

        state.Advance(id, advance.UserId, advance.Sequence);
    }

    private void Put(PutMembership put, DateTimeOffset now)
    {
        var membership = put.Membership;
        var key = (membership.ConversationId, membership.Member.UserId);
        if (_reads.Remove(key, out var held))
        {
            // Before the membership changes: it counts for the present one only.
            Advance(key.ConversationId, key.UserId, held);
        }

        var before = state.Members.GetValueOrDefault(key);
        MemberDocuments.Put(unit, membership, before, now);
        var read = Math.Max(before?.Member.LastReadSequence ?? 0, membership.Member.LastReadSequence ?? 0);
        state.Members[key] = membership with { Member = membership.Member with { LastReadSequence = read } };
    }

    private void Put(ConversationId id, PutReaction reaction)
    {
        state.PutReaction(id, reaction);
        var key = Match.ByKey(PartDocuments.ReactionKeyOf(id, reaction.Sequence, reaction.Key));
        if (reaction.Stands)
        {
            unit.Replace(MongoCollections.Reactions, key, new BsonDocument(key), upsert: true);
        }
        else
        {
            unit.Delete(MongoCollections.Reactions, key);
        }
    }

    private void Advance(ConversationId id, UserId user, (long Sequence, DateTimeOffset At) read) => unit.Update(
        MongoCollections.Members,
        MemberDocuments.Behind(id, user, read.Sequence),
        MemberDocuments.Advance(read.Sequence, read.At));
}
