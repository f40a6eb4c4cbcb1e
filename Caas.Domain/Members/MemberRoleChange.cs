using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Members;

/// <summary>A member gets another role. The only owner keeps theirs.</summary>
/// <param name="Origin">Who, and in which trace.</param>
/// <param name="UserId">The member.</param>
/// <param name="Role">The new role.</param>
public sealed record MemberRoleChange(ChangeOrigin Origin, UserId UserId, MemberRole Role) : ConversationChange(Origin)
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

        var before = membership.Member;
        if (before.Role == Role)
        {
            commit.Replay(commit.Head);
            commit.Answer([before]);
            return null;
        }

        if (before.Role == MemberRole.Owner && commit.Head.OwnerCount == 1)
        {
            return new Error(ErrorCatalogue.LastOwner, "Make another member owner first.");
        }

        var version = commit.NextVersion;
        var after = before with { Role = Role };
        commit.Write(new PutMembership(membership with { Member = after }));
        commit.Update(head => head with
        {
            OwnerCount = head.OwnerCount + OwnersIn(Role) - OwnersIn(before.Role),
            MembersVersion = version,
        });
        commit.Append(EventTypes.MemberUpdated, new EventBody { Member = after with { LastReadSequence = null } });
        commit.Answer([after]);
        return null;
    }

    private static int OwnersIn(MemberRole role) => role == MemberRole.Owner ? 1 : 0;
}
