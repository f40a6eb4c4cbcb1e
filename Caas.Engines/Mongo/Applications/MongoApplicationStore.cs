using Caas.Domain.Applications;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Idempotency;
using Caas.Engines.Mongo.Keys;
using Caas.Engines.Mongo.Storage;
using Caas.Engines.Mongo.Tokens;

namespace Caas.Engines.Mongo.Applications;

/// <inheritdoc/>
internal sealed class MongoApplicationStore(MongoReads reads, WriteQueues queues, PlatformWriter writer) : IApplicationStore
{
    /// <inheritdoc/>
    public async ValueTask<Application?> FindAsync(ClientId clientId, AppId applicationId, CancellationToken cancellationToken) =>
        await reads.FirstAsync(DatabaseName.Platform, ApplicationDocuments.One(clientId, applicationId), cancellationToken) is { } document
            ? ApplicationDocuments.Read(document)
            : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Application>> ListAsync(
        ClientId clientId, AppId? after, int limit, CancellationToken cancellationToken) =>
        (await reads.FindAsync(DatabaseName.Platform, ApplicationDocuments.Page(clientId, after, limit), cancellationToken))
            .ConvertAll(ApplicationDocuments.Read);

    /// <inheritdoc/>
    public ValueTask<Result<Application>> AddAsync(
        ClientId clientId,
        Application application,
        ChangeOrigin origin,
        IdempotentWrite<Application>? idempotency,
        CancellationToken cancellationToken) =>
        queues.WriteAsync(
            DatabaseName.Platform,
            (Writer: writer, Client: clientId, Application: application, Origin: origin, Idempotency: idempotency),
            static (unit, state) => AddAsync(unit, state.Writer, state.Client, state.Application, state.Origin, state.Idempotency),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Result<Application>> UpdateAsync(
        ClientId clientId,
        AppId applicationId,
        string? name,
        IReadOnlyList<string>? allowedOrigins,
        string? etag,
        CancellationToken cancellationToken) =>
        queues.WriteAsync(
            DatabaseName.Platform,
            (Client: clientId, Id: applicationId, Name: name, Origins: allowedOrigins, Etag: etag),
            static (unit, state) => ApplyAsync(unit, state.Client, state.Id, state.Name, state.Origins, state.Etag),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Result<bool>> DeleteAsync(
        ClientId clientId,
        AppId applicationId,
        string? etag,
        DateTimeOffset at,
        ChangeOrigin origin,
        CancellationToken cancellationToken) =>
        queues.WriteAsync(
            DatabaseName.Platform,
            (Writer: writer, Client: clientId, Id: applicationId, Etag: etag, At: at, Origin: origin),
            static (unit, state) => DeleteAsync(unit, state.Writer, state.Client, state.Id, state.Etag, state.At, state.Origin),
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> IsOriginListedAsync(string origin, CancellationToken cancellationToken) =>
        await reads.FirstAsync(DatabaseName.Platform, ApplicationDocuments.Listing(origin), cancellationToken) is not null;

    private static async Task<Result<Application>> AddAsync(
        MongoUnit unit,
        PlatformWriter writer,
        ClientId client,
        Application application,
        ChangeOrigin origin,
        IdempotentWrite<Application>? idempotency)
    {
        var now = writer.Now();
        var key = idempotency is null ? null : KeptAnswers.InPlatform(client, idempotency.Key);
        if (await AnswerDocuments.RefuseAsync(unit, key, now) is { } answered)
        {
            return answered;
        }

        ApplicationDocuments.Put(unit, client, application);
        await writer.AppendAsync(
            unit, client, EventTypes.ApplicationCreated, new EventBody { Application = application }, origin, application.CreatedAt);
        if (key is not null)
        {
            AnswerDocuments.Put(unit, key, idempotency!.Render(application), now, subject: null);
        }

        return application;
    }

    private static async Task<Result<Application>> ApplyAsync(
        MongoUnit unit, ClientId client, AppId id, string? name, IReadOnlyList<string>? origins, string? etag)
    {
        if (await unit.FirstAsync(ApplicationDocuments.One(client, id)) is not { } document)
        {
            return Error.NotFound;
        }

        var changed = PlatformRules.Change(ApplicationDocuments.Read(document), name, origins, etag);
        if (changed.Value is { } after)
        {
            ApplicationDocuments.Put(unit, client, after);
        }

        return changed;
    }

    private static async Task<Result<bool>> DeleteAsync(
        MongoUnit unit, PlatformWriter writer, ClientId client, AppId id, string? etag, DateTimeOffset at, ChangeOrigin origin)
    {
        if (await unit.FirstAsync(ApplicationDocuments.One(client, id)) is not { } document)
        {
            return false;
        }

        var application = ApplicationDocuments.Read(document);
        if (PlatformRules.RefuseEtag(application, etag) is { } refusal)
        {
            return refusal;
        }

        var keys = (await unit.FindAsync(KeyDocuments.Of(client, id))).ConvertAll(static key => KeyDocuments.Read(key).Key.Id);
        foreach (var key in keys)
        {
            unit.Update(MongoCollections.Keys, KeyDocuments.IfStanding(client, key), KeyDocuments.Revoke(at));
        }

        await RevocationNumbers.AppendAsync(
            unit, keys.ConvertAll(key => new Revocation(client, RevocationKind.Key, key.ToString(), at)));
        unit.Delete(MongoCollections.Applications, ApplicationDocuments.Key(client, id));
        await writer.AppendAsync(unit, client, EventTypes.ApplicationDeleted, new EventBody { Application = application }, origin, at);
        return true;
    }
}
