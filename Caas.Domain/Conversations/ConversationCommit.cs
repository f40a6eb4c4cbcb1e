using System.Diagnostics;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;

namespace Caas.Domain.Conversations;

/// <summary>
/// What one change writes: filled by <see cref="ConversationChange.Decide"/>, written by the adapter in one atomic
/// write, then the answer to the caller.
/// </summary>
/// <param name="clientId">The client.</param>
/// <param name="conversationId">The conversation.</param>
/// <param name="origin">Who, and in which trace.</param>
/// <param name="now">The time of the commit.</param>
/// <param name="ids">Makes the event ids.</param>
public sealed class ConversationCommit(
    ClientId clientId,
    ConversationId conversationId,
    ChangeOrigin origin,
    DateTimeOffset now,
    IIdSource ids)
{
    private readonly List<ConversationWrite> _writes = [];
    private readonly List<Change> _changes = [];
    private ConversationHead? _head;

    /// <summary>The conversation after the change.</summary>
    public ConversationHead Head => _head ?? throw new UnreachableException("A decision sets the head before it reads it.");

    /// <summary>The rows to write, in this order.</summary>
    public IReadOnlyList<ConversationWrite> Writes => _writes;

    /// <summary>The changes, in the order of their versions; empty where the answer is an earlier one.</summary>
    public IReadOnlyList<Change> Changes => _changes;

    /// <summary>The message that was sent, edited, deleted, pinned or reacted to.</summary>
    public Message? Message { get; private set; }

    /// <summary>The members that were added or changed.</summary>
    public IReadOnlyList<Member> Members { get; private set; } = [];

    /// <summary>Whether the answer is that of an earlier request and nothing is written.</summary>
    public bool Replayed { get; private set; }

    /// <summary>The time of the change, never before that of the conversation's last one.</summary>
    public DateTimeOffset Now { get; private set; } = now;

    /// <summary>The client.</summary>
    public ClientId ClientId => clientId;

    /// <summary>The conversation.</summary>
    public ConversationId ConversationId => conversationId;

    /// <summary>Begins from the present head, or from the first state of a new conversation.</summary>
    public void Begin(ConversationHead head)
    {
        _head = head;
        Now = head.UpdatedAt > Now ? head.UpdatedAt : Now;
    }

    /// <summary>Replaces the head; its version is set by <see cref="Append"/> alone.</summary>
    public void Update(Func<ConversationHead, ConversationHead> change) => _head = change(Head);

    /// <summary>Adds a row to write.</summary>
    public void Write(ConversationWrite write) => _writes.Add(write);

    /// <summary>The version that the next <see cref="Append"/> takes.</summary>
    public long NextVersion => Head.Version + 1;

    /// <summary>The conversation as the event of the next version shows it.</summary>
    public Conversation NextConversation => (Head with { Version = NextVersion, UpdatedAt = Now }).ToConversation();

    /// <summary>Takes the next version and adds its change.</summary>
    public void Append(string type, EventBody data)
    {
        var version = NextVersion;
        var occurred = new Event
        {
            Id = EventId.From(ids.Next()),
            Type = type,
            ClientId = clientId,
            ConversationId = conversationId,
            Version = version,
            OccurredAt = Now,
            Actor = origin.Actor,
            TraceId = origin.TraceId,
            Data = data,
        };
        _changes.Add(Change.Of(occurred, version, origin.TraceParent));
        _head = Head with { Version = version, UpdatedAt = Now };
    }

    /// <summary>The answer is this message.</summary>
    public void Answer(Message message) => Message = message;

    /// <summary>The answer is these members.</summary>
    public void Answer(IReadOnlyList<Member> members) => Members = members;

    /// <summary>The answer is that of an earlier request: nothing is written.</summary>
    public void Replay(ConversationHead head, Message? message = null)
    {
        _head = head;
        Message = message;
        Replayed = true;
    }
}
