using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Members;

/// <summary>Users become members: all or none. They start with everything read.</summary>
/// <param name="Origin">Who, and in which trace.</param>
/// <param name="Added">The users, each once.</param>
/// <param name="MaxMembers">The most members that the conversation may have.</param>
public sealed record NewMembers(ChangeOrigin Origin, IReadOnlyList<NewMember> Added, int MaxMembers) : ConversationChange(Origin)
{
    /// <inheritdoc/>
    public override ConversationNeeds Needs => new() { Members = [.. Added.Select(member => member.UserId)] };

    /// <inheritdoc/>
    public override Error? Decide(ConversationSlice slice, ConversationCommit commit)
    {
        if (!TryBegin(slice, commit))
        {
            return Error.NotFound;
        }

        if (commit.Head.Type == ConversationType.Direct)
        {
            return new Error(ErrorCatalogue.DirectConversation, "Nobody can be added to a direct conversation.");
        }

        if (commit.Head.MemberCount + Added.Count > MaxMembers)
        {
            return new Error(ErrorCatalogue.Conflict, $"A conversation has at most {MaxMembers} members.");
        }

        foreach (var member in Added)
        {
            if (slice.Members.TryGetValue(member.UserId, out var membership) && membership.IsActive)
            {
                return new Error(ErrorCatalogue.AlreadyMember, $"{member.UserId} is a member already.");
            }
        }

        commit.Answer([.. Added.Select(member => Join(commit, member))]);
        return null;
    }

    /// <summary>Writes one new membership and its change.</summary>
    internal static Member Join(ConversationCommit commit, NewMember added)
    {
        var head = commit.Head;
        var version = commit.NextVersion;
        var member = new Member
        {
            UserId = added.UserId,
            Role = added.Role,
            JoinedAt = commit.Now,
            FromSequence = head.History == HistoryAccess.All ? 1 : head.LastSequence + 1,
        };
        var kept = member with { LastReadSequence = head.LastSequence };
        commit.Write(new PutMembership(new Membership(head.Id, kept, version, LeftVersion: null)));
        commit.Update(current => current with
        {
            MemberCount = current.MemberCount + 1,
            OwnerCount = current.OwnerCount + (added.Role == MemberRole.Owner ? 1 : 0),
            MembersVersion = version,
        });
        commit.Append(EventTypes.MemberAdded, new EventBody { Member = member });
        return kept;
    }
}

/// <summary>A user who shall become a member.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Role">What they shall be.</param>
public sealed record NewMember(UserId UserId, MemberRole Role);
