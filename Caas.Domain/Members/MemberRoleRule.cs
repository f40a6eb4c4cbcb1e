using Caas.Domain.Validation;

namespace Caas.Domain.Members;

/// <summary>The words for a member's role.</summary>
internal static class MemberRoleRule
{
    /// <summary>The role, <c>member</c> where none is said, or a noted error.</summary>
    public static MemberRole Check(Checks checks, string path, string? value) => checks.OneOf(
        path,
        value,
        MemberRole.Member,
        ("owner", MemberRole.Owner),
        ("admin", MemberRole.Admin),
        ("member", MemberRole.Member),
        ("guest", MemberRole.Guest));
}
