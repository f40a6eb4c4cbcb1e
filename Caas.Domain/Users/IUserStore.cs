using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;

namespace Caas.Domain.Users;

/// <summary>
/// The users of each client, in its own database. A write is durable when it completes, and in one commit with its
/// change in the client's log. Thread-safe.
/// </summary>
public interface IUserStore
{
    /// <summary>The user; null where there is none.</summary>
    ValueTask<User?> FindAsync(ClientId clientId, UserId userId, CancellationToken cancellationToken);

    /// <summary>Those of the users who exist.</summary>
    ValueTask<IReadOnlySet<UserId>> ExistingAsync(
        ClientId clientId, IReadOnlyCollection<UserId> userIds, CancellationToken cancellationToken);

    /// <summary>The users in the order of their ids.</summary>
    ValueTask<IReadOnlyList<User>> ListAsync(ClientId clientId, UserId? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Makes or replaces the users: all or none. What is the same as before is no change and has no event. Creation times of
    /// existing users are kept.
    /// </summary>
    /// <param name="clientId">The client.</param>
    /// <param name="users">What they shall be; their times and etags are the store's.</param>
    /// <param name="origin">Who, and in which trace.</param>
    /// <param name="etag">For one user: the etag that the caller saw; null for any.</param>
    /// <param name="idempotency">Kept with the effect; its answer is rendered from the outcome. Null for none.</param>
    /// <param name="cancellationToken">Stops the wait for a place in the queue.</param>
    /// <returns>For each user what they are now, or <c>precondition_failed</c>.</returns>
    ValueTask<Result<IReadOnlyList<PutUser>>> PutAsync(
        ClientId clientId,
        IReadOnlyList<UserDraft> users,
        ChangeOrigin origin,
        string? etag,
        IdempotentWrite<IReadOnlyList<PutUser>>? idempotency,
        CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a user, with <c>user.deleted</c>, and blanks what earlier changes of the client's log say of them;
    /// <c>not_found</c>, <c>precondition_failed</c>.
    /// </summary>
    ValueTask<Result<bool>> DeleteAsync(
        ClientId clientId, UserId userId, string? etag, ChangeOrigin origin, CancellationToken cancellationToken);
}

/// <summary>What a caller says of a user.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">The name; null for none.</param>
/// <param name="AvatarUrl">The picture's address; null for none.</param>
/// <param name="Role">The role.</param>
/// <param name="Attributes">The attributes; null for none.</param>
public sealed record UserDraft(
    UserId Id, string? Name, string? AvatarUrl, string Role, System.Text.Json.JsonElement? Attributes);

/// <summary>What became of one user.</summary>
/// <param name="User">As they are now.</param>
/// <param name="Created">Whether they are new.</param>
public sealed record PutUser(User User, bool Created);
