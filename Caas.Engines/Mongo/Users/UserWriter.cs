using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Conversations;
using Caas.Engines.Mongo.Events;
using Caas.Engines.Mongo.Idempotency;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Users;

/// <summary>Writes users, each change with its event in the client's log.</summary>
/// <param name="log">The client's log.</param>
internal sealed class UserWriter(ClientLog log)
{
    private const int ChangesAtOnce = 1000;

    /// <summary>Makes or replaces the users, inside the present transaction.</summary>
    public async Task<Result<IReadOnlyList<PutUser>>> PutAsync(MongoUnit unit, UsersWrite request)
    {
        var now = log.Now();
        if (await AnswerDocuments.RefuseAsync(unit, request.Idempotency?.Key, now) is { } answered)
        {
            return answered;
        }

        var found = await unit.FindAsync(UserDocuments.Some(request.Users.Select(static draft => draft.Id)));
        var known = found.Select(UserDocuments.Read).ToDictionary(static user => user.Id);
        if (request.Etag is { } etag && request.Users.Any(draft => known.GetValueOrDefault(draft.Id)?.Etag != etag))
        {
            return UserRules.Changed;
        }

        var outcomes = new List<PutUser>(request.Users.Count);
        foreach (var draft in request.Users)
        {
            var outcome = await PutOneAsync(unit, request, draft, known.GetValueOrDefault(draft.Id), now);
            known[draft.Id] = outcome.User;
            outcomes.Add(outcome);
        }

        if (request.Idempotency is { } idempotency)
        {
            AnswerDocuments.Put(unit, idempotency.Key, idempotency.Render(outcomes), now, subject: null);
        }

        return Outcome.Of<IReadOnlyList<PutUser>>(outcomes);
    }

    /// <summary>Deletes a user, their sessions, and what the client's log says of them, inside the present transaction.</summary>
    public async Task<Result<bool>> DeleteAsync(
        MongoUnit unit, ClientId clientId, UserId userId, string? etag, ChangeOrigin origin)
    {
        if (await unit.FirstAsync(UserDocuments.One(userId)) is not { } document)
        {
            return Error.NotFound;
        }

        if (etag is not null && etag != UserDocuments.Read(document).Etag)
        {
            return UserRules.Changed;
        }

        unit.Delete(MongoCollections.Users, Match.ByKey(userId.Value));
        unit.DeleteAll(MongoCollections.Sessions, new BsonDocument("u", userId.Value));
        await BlankAsync(unit, userId);
        await log.AppendAsync(unit, clientId, EventTypes.UserDeleted, new EventBody { UserId = userId }, origin, log.Now());
        return true;
    }

    // The changes of users are few beside those of conversations, and an erasure may take its time.
    private static async Task BlankAsync(MongoUnit unit, UserId userId)
    {
        var last = 0L;
        while (await unit.FindAsync(ChangeDocuments.Above(ChangeDocuments.ClientLog, last, ChangesAtOnce)) is { Count: > 0 } changes)
        {
            Blanking.Rewrite(unit, changes.Where(change =>
                change.Text("t") is EventTypes.UserCreated or EventTypes.UserUpdated
                && EventJson.Read(change.Blob("b")).Data.User?.Id == userId));
            last = changes[^1].Number("v");
        }
    }

    private async Task<PutUser> PutOneAsync(MongoUnit unit, UsersWrite request, UserDraft draft, User? before, DateTimeOffset now)
    {
        if (before is not null && UserRules.IsSame(before, draft))
        {
            return new PutUser(before, Created: false);
        }

        var version = await ClientLog.NextVersionAsync(unit, request.ClientId);
        var user = UserRules.Of(draft, before, version, now);
        UserDocuments.Put(unit, user);
        var type = before is null ? EventTypes.UserCreated : EventTypes.UserUpdated;
        await log.AppendAsync(unit, request.ClientId, type, new EventBody { User = user }, request.Origin, now);
        return new PutUser(user, Created: before is null);
    }
}
