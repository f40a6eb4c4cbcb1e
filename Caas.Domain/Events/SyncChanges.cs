using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Domain.Receipts;
using Caas.Domain.Validation;

namespace Caas.Domain.Events;

/// <summary>
/// What a device missed. With a cursor, everything that the user may see since the answer that gave it; with named
/// versions, what those conversations have above them; with neither, the headers of all conversations, to begin with.
/// Duplicates are possible, gaps are not.
/// </summary>
public sealed class SyncChanges(
    IChangeReader changes,
    IMessageReader messages,
    IReadPositions positions,
    CursorSeal seal,
    TimeProvider clock,
    LimitsOptions limits)
{
    private const int DefaultLimit = 200;

    // One page looks at so many conversations, whether they have changes or only headers.
    private const int EntriesPerPage = 200;

    // A read position may move while the feed is read: what is that close to a sync is told again by the next.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    /// <summary>Syncs; <c>user_required</c>, <c>validation_failed</c>, <c>invalid_cursor</c>.</summary>
    public async ValueTask<Result<SyncAnswer>> ExecuteAsync(Caller caller, SyncInput input, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } user)
        {
            return UserRequired.Error;
        }

        var checks = new Checks(limits);
        var limit = input.Limit ?? Math.Min(DefaultLimit, limits.SyncChanges);
        if (limit < 1 || limit > limits.SyncChanges)
        {
            checks.Add("limit", $"must be between 1 and {limits.SyncChanges}.");
        }

        var known = CheckConversations(checks, input.Conversations);
        if (checks.Error is { } error)
        {
            return error;
        }

        var reader = new Reader(caller.ClientId, user, new SyncPage(limit));
        return known.Count > 0
            ? await ReadKnownAsync(reader, known, input.Cursor, cancellationToken)
            : await ReadFeedAsync(reader, input.Cursor, cancellationToken);
    }

    private static List<(ConversationId Id, long Version)> CheckConversations(
        Checks checks, IReadOnlyDictionary<string, long>? named)
    {
        var known = new List<(ConversationId, long)>();
        if (named is null)
        {
            return known;
        }

        if (named.Count > checks.Limits.SyncChanges)
        {
            checks.Add("conversations", $"may name at most {checks.Limits.SyncChanges} conversations.");
            return known;
        }

        foreach (var (text, version) in named)
        {
            known.Add((checks.Id<ConversationId>($"conversations.{text}", text), version));
            if (version < 0)
            {
                checks.Add($"conversations.{text}", "must be a version, 0 or more.");
            }
        }

        return known;
    }

    private async ValueTask<Result<SyncAnswer>> ReadKnownAsync(
        Reader reader, List<(ConversationId Id, long Version)> known, string? cursor, CancellationToken cancellationToken)
    {
        var entries = await changes.ReadEntriesAsync(
            reader.ClientId, reader.User, [.. known.Select(one => one.Id)], cancellationToken);
        var byId = entries.ToDictionary(entry => entry.Head.Id);
        foreach (var (id, version) in known)
        {
            if (!byId.TryGetValue(id, out var entry) || !MaySee(entry.Membership, version))
            {
                // Unknown, another client's, or not the user's at that version: the device is told the same, to forget it.
                reader.Page.Tell(SyncedConversation.Gone(id, SyncedConversation.Left, version));
                continue;
            }

            if (!await ReadEntryAsync(reader, entry with { SinceVersion = version }, cancellationToken))
            {
                reader.Page.HasMore = true;
                break;
            }
        }

        return reader.Page.ToAnswer(cursor, []);
    }

    private async ValueTask<Result<SyncAnswer>> ReadFeedAsync(Reader reader, string? cursor, CancellationToken cancellationToken)
    {
        var scope = $"sync {reader.ClientId} {reader.User}";
        var place = SyncCursor.Start;
        if (cursor is not null && !SyncCursor.TryParse(seal.Open(scope, cursor), out place))
        {
            return new Error(ErrorCatalogue.InvalidCursor, "The cursor is not one of this user's syncs.");
        }

        var now = clock.GetUtcNow();
        var feed = await changes.ReadFeedAsync(
            reader.ClientId, reader.User, place.Since, place.After, EntriesPerPage, cancellationToken);
        var next = place.Target == 0 ? place with { Target = feed.Position, TargetAtMs = now.ToUnixTimeMilliseconds() } : place;
        next = await ReadEntriesAsync(reader, feed.Entries, next, place, cancellationToken);
        if (reader.Page.HasMore)
        {
            return reader.Page.ToAnswer(seal.Seal(scope, next.ToString()), []);
        }

        // What was committed since the first page may be of a conversation that was done by then, and the device may have been
        // away in between: it is in step when it has asked once more.
        reader.Page.HasMore = feed.Position > next.Target;
        DateTimeOffset? movedSince = place.SinceAt is { } at ? at - Overlap : null;
        var moved = await positions.ListAsync(reader.ClientId, reader.User, movedSince, cancellationToken);
        return reader.Page.ToAnswer(seal.Seal(scope, next.Finish().ToString()), moved);
    }

    private async ValueTask<SyncCursor> ReadEntriesAsync(
        Reader reader, IReadOnlyList<FeedEntry> entries, SyncCursor next, SyncCursor place, CancellationToken cancellationToken)
    {
        reader.Expired = place.SinceAt < clock.GetUtcNow() - limits.SyncResetAfter;
        foreach (var entry in entries)
        {
            var known = entry.Head.Id == place.Partial ? Math.Max(entry.SinceVersion, place.PartialVersion) : entry.SinceVersion;
            if (place.SinceAt is null && IsOver(entry))
            {
                next = next with { After = entry.Head.Id };
                continue;
            }

            if (!await ReadEntryAsync(reader, entry with { SinceVersion = known }, cancellationToken))
            {
                reader.Page.HasMore = true;
                return next with { Partial = entry.Head.Id, PartialVersion = reader.Page.LastVersion(entry.Head.Id, known) };
            }

            next = next with { After = entry.Head.Id, Partial = null, PartialVersion = 0 };
        }

        reader.Page.HasMore = entries.Count == EntriesPerPage;
        return next;
    }

    // Who left sees only what happened while they were in: from a version of that time, to their own removal.
    private static bool MaySee(Members.Membership membership, long version) =>
        membership.IsActive || (membership.JoinedVersion <= version && version < membership.LeftVersion);

    // Only a device that knows nothing need not hear of it. Any other may have it from a socket, from a later page or from
    // an earlier membership, and would keep it for ever.
    private static bool IsOver(FeedEntry entry) => !entry.Membership.IsActive || entry.Head.DeletedAt is not null;

    // False where the page was full before the conversation was done.
    private async ValueTask<bool> ReadEntryAsync(Reader reader, FeedEntry entry, CancellationToken cancellationToken)
    {
        var (head, membership, known) = entry;
        var last = membership.LeftVersion ?? head.Version;
        if (head.DeletedAt is not null && membership.IsActive)
        {
            reader.Page.Tell(SyncedConversation.Gone(head.Id, SyncedConversation.Deleted, head.Version));
        }
        else if (membership.IsActive && membership.JoinedVersion > known)
        {
            reader.Page.Tell(await DescribeAsync(reader, entry, cancellationToken));
        }
        else if (!membership.IsActive && membership.JoinedVersion > known)
        {
            // Came and went in between: what the device knows of it, if anything, is from before.
            reader.Page.Tell(SyncedConversation.Gone(head.Id, SyncedConversation.Left, last));
        }
        else if (last - known > limits.SyncResetAfterChanges || (reader.Expired && known < last))
        {
            reader.Page.Tell(membership.IsActive
                ? SyncedConversation.Gone(head.Id, SyncedConversation.Reset, head.Version)
                : SyncedConversation.Gone(head.Id, SyncedConversation.Left, last));
        }
        else
        {
            return await ReadChangesAsync(reader, entry, last, cancellationToken);
        }

        return true;
    }

    private async ValueTask<bool> ReadChangesAsync(Reader reader, FeedEntry entry, long last, CancellationToken cancellationToken)
    {
        var (head, membership, known) = entry;
        if (known < last)
        {
            if (reader.Page.Room == 0)
            {
                return false;
            }

            var read = await changes.ListAsync(reader.ClientId, head.Id, known, reader.Page.Room, cancellationToken);
            foreach (var change in read.Where(change => change.Version <= last))
            {
                reader.Page.Add(change with { Body = MemberHistory.BodyFor(change, membership.Member.FromSequence) });
            }

            if (read.Count == 0 || read[^1].Version < last)
            {
                return false;
            }
        }

        if (!membership.IsActive)
        {
            reader.Page.Tell(SyncedConversation.Gone(head.Id, SyncedConversation.Left, last));
        }

        return true;
    }

    private async ValueTask<SyncedConversation> DescribeAsync(Reader reader, FeedEntry entry, CancellationToken cancellationToken)
    {
        var newest = await messages.ListAsync(
            reader.ClientId, reader.User, entry.Head.Id, MessageRange.Newest, limit: 1, cancellationToken);
        var view = new ConversationView(entry.Head, entry.Membership.Member);
        return SyncedConversation.Joined(view.ToConversation() with { LastMessage = newest is [var message] ? message : null });
    }

    private sealed record Reader(ClientId ClientId, UserId User, SyncPage Page)
    {
        /// <summary>Whether the device was away for so long that it starts over where something changed.</summary>
        public bool Expired { get; set; }
    }
}
