using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Members;

/// <summary>A user is no longer a member: they left, or were removed. The only owner of others stays.</summary>
/// <param name="Origin">Who, and in which trace.</param>
/// <param name="UserId">The member.</param>
/// <param name="Erased">Whether the person is being erased: then no rule keeps them.</param>
public sealed record MemberRemoval(ChangeOrigin Origin, UserId UserId, bool Erased = false) : ConversationChange(Origin)
{
    /// <inheritdoc/>
    public override ConversationNeeds Needs => new() { Members = [UserId] };

    /// <inheritdoc/>
    public override Error? Decide(ConversationSlice slice, ConversationCommit commit)
    {
        if (!TryBegin(slice, commit) || !slice.Members.TryGetValue(UserId, out var membership) || !membership.IsActive)
        {
            return Error.NotFound;
        }

        if (!Erased && Refuse(commit.Head, membership.Member) is { } refusal)
        {
            return refusal;
        }

        var version = commit.NextVersion;
        var member = membership.Member;
        commit.Write(new PutMembership(membership with { LeftVersion = version }));
        commit.Update(head => head with
        {
            MemberCount = head.MemberCount - 1,
            OwnerCount = head.OwnerCount - (member.Role == MemberRole.Owner ? 1 : 0),
            MembersVersion = version,
        });
        commit.Append(EventTypes.MemberRemoved, new EventBody { Member = member with { LastReadSequence = null } });
        return null;
    }

    private static Error? Refuse(ConversationHead head, Member member)
    {
        if (head.Type == ConversationType.Direct)
        {
            return new Error(ErrorCatalogue.DirectConversation, "Nobody leaves a direct conversation.");
        }

        return member.Role == MemberRole.Owner && head is { OwnerCount: 1, MemberCount: > 1 }
            ? new Error(ErrorCatalogue.LastOwner, "Make another member owner first.")
            : null;
    }
}
