using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Events;
using Caas.Engines.Sqlite.Idempotency;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Users;

/// <summary>Writes users, each change with its event in the client's log.</summary>
/// <param name="log">The client's log.</param>
internal sealed class UserWriter(ClientLog log)
{
    /// <summary>Makes or replaces the users, inside the present transaction.</summary>
    public Result<IReadOnlyList<PutUser>> Put(DatabaseFile file, UsersWrite request)
    {
        var now = log.Now();
        if ((IdempotencyRows.Refuse(file.Writer, request.Idempotency?.Key, now) ?? RefuseEtag(file, request)) is { } refusal)
        {
            return refusal;
        }

        var version = ClientLog.NextVersion(file, request.ClientId);
        var outcomes = new List<PutUser>(request.Users.Count);
        foreach (var draft in request.Users)
        {
            var outcome = PutOne(file, request, draft, version, now);
            outcomes.Add(outcome.Put);
            version += outcome.Changed ? 1 : 0;
        }

        if (request.Idempotency is { } idempotency)
        {
            IdempotencyRows.Put(file.Writer, idempotency.Key, idempotency.Render(outcomes), now, subject: []);
        }

        return Outcome.Of<IReadOnlyList<PutUser>>(outcomes);
    }

    /// <summary>Deletes a user and what the client's log says of them, inside the present transaction.</summary>
    public Result<bool> Delete(DatabaseFile file, ClientId clientId, UserId userId, string? etag, ChangeOrigin origin)
    {
        if (UserRows.Find(file.Writer, userId) is not { } user)
        {
            return Error.NotFound;
        }

        if (etag is not null && etag != user.Etag)
        {
            return UserRules.Changed;
        }

        file.ForgetRecent();
        UserRows.Delete(file.Writer, userId);
        var version = ClientLog.NextVersion(file, clientId);
        log.Append(file, clientId, version, EventTypes.UserDeleted, new EventBody { UserId = userId }, origin, log.Now());
        return true;
    }

    private static Error? RefuseEtag(DatabaseFile file, UsersWrite request)
    {
        if (request.Etag is not { } etag)
        {
            return null;
        }

        var holds = request.Users.All(draft => UserRows.Find(file.Writer, draft.Id)?.Etag == etag);
        return holds ? null : UserRules.Changed;
    }

    private (PutUser Put, bool Changed) PutOne(
        DatabaseFile file, UsersWrite request, UserDraft draft, long version, DateTimeOffset now)
    {
        var before = UserRows.Find(file.Writer, draft.Id);
        if (before is not null && UserRules.IsSame(before, draft))
        {
            return (new PutUser(before, Created: false), false);
        }

        var user = UserRules.Of(draft, before, version, now);
        UserRows.Put(file.Writer, user);
        var type = before is null ? EventTypes.UserCreated : EventTypes.UserUpdated;
        log.Append(file, request.ClientId, version, type, new EventBody { User = user }, request.Origin, now);
        return (new PutUser(user, Created: before is null), true);
    }
}
