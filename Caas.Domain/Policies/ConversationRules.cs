using Caas.Domain.Members;
using Caas.Domain.Users;

namespace Caas.Domain.Policies;

/// <summary>
/// The built-in permission rules, as one pure function. Owners and admins manage members and settings, members write,
/// guests read, authors edit and delete their own, moderators delete any; nobody grants or takes a role above their own.
/// An API key that acts for nobody is the client itself and may do everything.
/// </summary>
public static class ConversationRules
{
    /// <summary>Why the request is refused; null where it is allowed.</summary>
    public static string? Refusal(AccessRequest request, Ids.UserId? user)
    {
        if (user is not { } caller)
        {
            return null;
        }

        var role = EffectiveRole(request);
        return request.Action switch
        {
            AccessAction.SendMessage or AccessAction.React or AccessAction.Type =>
                AtLeast(role, MemberRole.Member, "Guests read only."),
            AccessAction.EditMessage =>
                request.Author == caller
                    ? AtLeast(role, MemberRole.Member, "Guests read only.")
                    : "Only the author edits a message.",
            AccessAction.DeleteMessage =>
                request.Author == caller || IsModerator(request.UserRole)
                    ? null
                    : AtLeast(role, MemberRole.Admin, "Only the author, an admin or a moderator deletes a message."),
            AccessAction.PinMessage =>
                AtLeast(role, MemberRole.Member, "Guests read only."),
            AccessAction.UpdateConversation =>
                AtLeast(role, MemberRole.Admin, "Only owners and admins change settings."),
            AccessAction.DeleteConversation =>
                AtLeast(role, MemberRole.Owner, "Only owners delete a conversation."),
            AccessAction.AddMembers =>
                AtLeast(role, MemberRole.Admin, "Only owners and admins add members.") ?? NotAbove(role, request.NewRole),
            AccessAction.UpdateMember =>
                AtLeast(role, MemberRole.Admin, "Only owners and admins change roles.")
                    ?? NotAbove(role, request.NewRole)
                    ?? NotAbove(role, request.Target?.Role),
            AccessAction.RemoveMember =>
                AtLeast(role, MemberRole.Admin, "Only owners and admins remove members.")
                    ?? NotAbove(role, request.Target?.Role),
            AccessAction.Leave => null,
        };
    }

    /// <summary>Whether the caller's role in the client can change this decision.</summary>
    public static bool DependsOnUserRole(AccessAction action) =>
        action is AccessAction.DeleteMessage or AccessAction.UpdateConversation or AccessAction.AddMembers
            or AccessAction.UpdateMember or AccessAction.RemoveMember;

    // An admin of the client is at least admin of every conversation that they are a member of.
    private static MemberRole EffectiveRole(AccessRequest request)
    {
        var role = request.Role ?? MemberRole.Guest;
        return request.UserRole == UserRoles.Admin && role < MemberRole.Admin ? MemberRole.Admin : role;
    }

    private static bool IsModerator(string? userRole) => userRole is UserRoles.Moderator or UserRoles.Admin;

    private static string? AtLeast(MemberRole role, MemberRole needed, string reason) => role >= needed ? null : reason;

    private static string? NotAbove(MemberRole role, MemberRole? other) =>
        other > role ? "Nobody grants, takes or removes a role above their own." : null;
}
