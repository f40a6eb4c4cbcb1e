using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Engines.Documents;

namespace Caas.Engines.Mongo.Conversations;

/// <summary>
/// What the decisions of one batch read: loaded before the first of them, then moved on by each, so that a commit sees
/// those before it. Belongs to one try of one transaction.
/// </summary>
internal sealed class BatchState
{
    private readonly Dictionary<string, ConversationId> _pairs = new(StringComparer.Ordinal);
    private readonly Dictionary<(ConversationId, ClientMessageKey), MessageId> _sends = [];
    private readonly HashSet<(ConversationId, long, ReactionKey)> _reactions = [];
    private readonly Dictionary<(string, string), (ReadOnlyMemory<byte> Fingerprint, StoredAnswer Answer)> _answers = [];

    /// <summary>The newest position when the batch was loaded.</summary>
    public long Position { get; set; }

    /// <summary>The heads, by id.</summary>
    public Dictionary<ConversationId, HeadState> Heads { get; } = [];

    /// <summary>The memberships that were read or put.</summary>
    public Dictionary<(ConversationId, UserId), Membership> Members { get; } = [];

    /// <summary>The messages that were read, sent or changed.</summary>
    public Dictionary<MessageId, MessageState> Messages { get; } = [];

    public void Load(ConversationHead head, long position) => Put(new HeadState(head) { Head = head, Position = position });

    public void Load(StoredMessage stored) => Put(new MessageState { Stored = stored });

    public void Load(IdempotencyKey key, StoredAnswer answer, ReadOnlyMemory<byte> fingerprint) =>
        _answers[(key.Caller, key.Key)] = (fingerprint, answer);

    public void LoadReaction(ConversationId id, long sequence, ReactionKey key) => _reactions.Add((id, sequence, key));

    /// <summary>What one decision reads.</summary>
    public ConversationSlice Slice(ConversationId id, ConversationNeeds needs)
    {
        var message = needs.Message is { } asked ? FindMessage(id, asked) : null;
        var slice = new ConversationSlice(Heads.GetValueOrDefault(id)?.Head)
        {
            Sent = needs.Sent is { } sent && _sends.TryGetValue((id, sent), out var known) ? Messages[known].Stored : null,
            Message = message,
            ReplyToExists = needs.ReplyTo is { } reply && FindMessage(id, reply) is not null,
            Direct = needs.DirectKey is { } pair && _pairs.TryGetValue(pair, out var other) ? Heads[other].Head : null,
            ReactionStands = needs.Reaction is { } key && message is not null
                && _reactions.Contains((id, message.Message.Sequence, key)),
        };
        return needs.Members.Count == 0 ? slice : slice with { Members = MembersOf(id, needs.Members) };
    }

    /// <summary>Why the idempotency key forbids the write; null where it does not.</summary>
    public Error? Refuse(IdempotencyKey? key)
    {
        if (key is null || !_answers.TryGetValue((key.Caller, key.Key), out var kept))
        {
            return null;
        }

        return kept.Fingerprint.Span.SequenceEqual(key.Fingerprint.Span)
            ? Error.AnsweredBefore(kept.Answer)
            : KeptAnswers.UsedForAnother;
    }

    /// <summary>Takes the head after a change.</summary>
    public void Put(ConversationHead head, long position)
    {
        if (!Heads.TryGetValue(head.Id, out var state))
        {
            state = new HeadState(null) { Head = head };
        }

        state.Head = head;
        state.Position = position;
        state.IsChanged = true;
        Put(state);
    }

    /// <summary>Takes a message that is new or was changed.</summary>
    public void Put(StoredMessage stored, bool isNew)
    {
        var state = Messages.GetValueOrDefault(stored.Message.Id);
        if (state is not null && isNew)
        {
            // As the server would say it; here the second would take the place of the first.
            throw new InvalidOperationException("There is a message with this id.");
        }

        state ??= new MessageState { Stored = stored };
        state.Stored = stored;
        state.IsNew |= isNew;
        state.IsChanged = true;
        Put(state);
    }

    public void PutReaction(ConversationId id, PutReaction reaction) =>
        _ = reaction.Stands
            ? _reactions.Add((id, reaction.Sequence, reaction.Key))
            : _reactions.Remove((id, reaction.Sequence, reaction.Key));

    /// <summary>A member whom the batch knows has read further.</summary>
    public void Advance(ConversationId id, UserId user, long sequence)
    {
        if (Members.TryGetValue((id, user), out var membership)
            && membership.IsActive
            && sequence > (membership.Member.LastReadSequence ?? 0))
        {
            Members[(id, user)] = membership with { Member = membership.Member with { LastReadSequence = sequence } };
        }
    }

    private void Put(HeadState state)
    {
        Heads[state.Head.Id] = state;
        if (state.Head is { DirectKey: { } pair, DeletedAt: null })
        {
            _pairs[pair] = state.Head.Id;
        }
    }

    private void Put(MessageState state)
    {
        var message = state.Stored.Message;
        Messages[message.Id] = state;
        _sends[(message.ConversationId, new ClientMessageKey(message.SenderId, message.ClientMessageId))] = message.Id;
    }

    private StoredMessage? FindMessage(ConversationId id, MessageId message) =>
        Messages.TryGetValue(message, out var state) && state.Stored.Message.ConversationId == id ? state.Stored : null;

    private Dictionary<UserId, Membership> MembersOf(ConversationId id, IReadOnlyList<UserId> users)
    {
        var members = new Dictionary<UserId, Membership>();
        foreach (var user in users)
        {
            if (Members.TryGetValue((id, user), out var membership))
            {
                members[user] = membership;
            }
        }

        return members;
    }
}

/// <summary>A head in a batch.</summary>
/// <param name="before">As it was read; null where it is new.</param>
internal sealed class HeadState(ConversationHead? before)
{
    public ConversationHead? Before => before;

    public required ConversationHead Head { get; set; }

    public long Position { get; set; }

    public bool IsChanged { get; set; }
}

/// <summary>A message in a batch.</summary>
internal sealed class MessageState
{
    public required StoredMessage Stored { get; set; }

    public bool IsNew { get; set; }

    public bool IsChanged { get; set; }
}
