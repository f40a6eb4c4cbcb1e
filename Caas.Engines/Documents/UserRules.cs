using System.Globalization;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Users;

namespace Caas.Engines.Documents;

/// <summary>What becomes of a user that is put, the same in every document engine.</summary>
internal static class UserRules
{
    public static Error Changed { get; } =
        new(ErrorCatalogue.PreconditionFailed, "The user has changed since it was read.");

    /// <summary>Whether the user is already what the draft says: then nothing is written, and no event says so.</summary>
    public static bool IsSame(User before, UserDraft draft) =>
        before.Name == draft.Name
        && before.AvatarUrl == draft.AvatarUrl
        && before.Role == draft.Role
        && before.Attributes?.GetRawText() == draft.Attributes?.GetRawText();

    /// <summary>The user of a draft; the etag is the version of the change that says so.</summary>
    public static User Of(UserDraft draft, User? before, long version, DateTimeOffset now) => new()
    {
        Id = draft.Id,
        Name = draft.Name,
        AvatarUrl = draft.AvatarUrl,
        Role = draft.Role,
        Attributes = draft.Attributes,
        CreatedAt = before?.CreatedAt ?? now,
        Etag = version.ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>What is asked where users are put.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Users">What they shall be.</param>
/// <param name="Origin">Who, and in which trace.</param>
/// <param name="Etag">The etag that the caller saw; null for any.</param>
/// <param name="Idempotency">Kept with the effect; null for none.</param>
internal sealed record UsersWrite(
    ClientId ClientId,
    IReadOnlyList<UserDraft> Users,
    ChangeOrigin Origin,
    string? Etag,
    IdempotentWrite<IReadOnlyList<PutUser>>? Idempotency);
