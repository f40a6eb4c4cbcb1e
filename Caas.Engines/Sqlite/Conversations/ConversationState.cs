using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Engines.Sqlite.Members;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Conversations;

/// <summary>
/// What the writer thread knows of one file's conversations without reading it: the heads that it used last. What
/// messages move (heads, read positions) is held back and written once a batch, however many messages it has; commands
/// of the batch see it here. Belongs to the writer thread.
/// </summary>
/// <param name="file">The file.</param>
internal sealed class ConversationState(DatabaseFile file) : IBatchState
{
    private const int Generation = 2048;

    private readonly List<HeadEntry> _heldBack = [];
    private readonly Dictionary<(ConversationId, UserId), HeldRead> _reads = [];

    // Two generations make a cheap LRU: what is used again moves to the young one; when that is full, the old one goes.
    private Dictionary<ConversationId, HeadEntry> _young = [];
    private Dictionary<ConversationId, HeadEntry> _old = [];

    /// <summary>The state of this file, made at its first use.</summary>
    public static ConversationState Of(DatabaseFile file)
    {
        if (file.State is ConversationState known)
        {
            return known;
        }

        var made = new ConversationState(file);
        file.State = made;
        return made;
    }

    /// <summary>The head as the next command has to see it; null where there is none.</summary>
    public HeadEntry? Find(ConversationId id)
    {
        if (_young.TryGetValue(id, out var entry))
        {
            return entry;
        }

        if (!_old.Remove(id, out entry))
        {
            entry = HeadRows.Find(file.Writer, id);
        }

        if (entry is not null)
        {
            Remember(id, entry);
        }

        return entry;
    }

    /// <summary>Takes the head after a change.</summary>
    public void Put(HeadEntry? before, ConversationHead head, long position)
    {
        if (before is null)
        {
            HeadRows.Insert(file.Writer, head, position);
            Remember(head.Id, new HeadEntry(head, position));
            return;
        }

        var progress = HeadRows.IsProgress(before.Head, head);
        before.Head = head;
        before.Position = position;
        if (!progress)
        {
            // At once, since other commands of the batch look for it by its columns; holding back ends with it.
            HeadRows.Update(file.Writer, head, position);
        }
        else if (!before.IsHeldBack)
        {
            before.IsHeldBack = true;
            _heldBack.Add(before);
        }
    }

    /// <summary>Moves a member's position forward at the end of the batch.</summary>
    public void Advance(ConversationId conversation, UserId user, long sequence, DateTimeOffset now)
    {
        if (sequence > HeldPosition(conversation, user))
        {
            _reads[(conversation, user)] = new HeldRead(sequence, now);
        }
    }

    /// <summary>How far the member's position is held back; 0 where it is not.</summary>
    public long HeldPosition(ConversationId conversation, UserId user) =>
        _reads.TryGetValue((conversation, user), out var held) ? held.Sequence : 0;

    /// <inheritdoc/>
    public void BeforeCommit()
    {
        foreach (var entry in _heldBack)
        {
            HeadRows.UpdateProgressOf(file.Writer, entry.Head, entry.Position);
            entry.IsHeldBack = false;
        }

        _heldBack.Clear();
        foreach (var ((conversation, user), held) in _reads)
        {
            MemberRows.AdvanceRead(file.Writer, conversation, user, held.Sequence, held.At);
        }

        _reads.Clear();
    }

    /// <inheritdoc/>
    public void Committed()
    {
        // Nothing: what is remembered is what was committed.
    }

    /// <inheritdoc/>
    public void RolledBack()
    {
        _heldBack.Clear();
        _reads.Clear();
        _young.Clear();
        _old.Clear();
    }

    private void Remember(ConversationId id, HeadEntry entry)
    {
        if (_young.Count >= Generation)
        {
            // Held back entries stay reachable through their list only; found again, they must be the same object.
            (_old, _young) = (_young, _old);
            _young.Clear();
            foreach (var held in _heldBack)
            {
                _young[held.Head.Id] = held;
            }
        }

        _young[id] = entry;
    }

    private readonly record struct HeldRead(long Sequence, DateTimeOffset At);
}
