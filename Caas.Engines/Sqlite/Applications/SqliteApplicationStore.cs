using Caas.Domain.Applications;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Idempotency;
using Caas.Engines.Sqlite.Keys;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Applications;

/// <inheritdoc/>
internal sealed class SqliteApplicationStore(DatabaseSet databases, PlatformWriter writer) : IApplicationStore
{
    /// <inheritdoc/>
    public ValueTask<Application?> FindAsync(ClientId clientId, AppId applicationId, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Platform,
            (Client: clientId, Id: applicationId),
            static (connection, state) => ApplicationRows.Find(connection, state.Client, state.Id),
            absent: null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Application>> ListAsync(
        ClientId clientId, AppId? after, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<(ClientId Client, AppId? After, int Limit), IReadOnlyList<Application>>(
            DatabaseName.Platform,
            (clientId, after, limit),
            static (connection, state) => ApplicationRows.List(connection, state.Client, state.After, state.Limit),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Result<Application>> AddAsync(
        ClientId clientId,
        Application application,
        ChangeOrigin origin,
        IdempotentWrite<Application>? idempotency,
        CancellationToken cancellationToken) =>
        databases.WriteAsync(
            DatabaseName.Platform,
            new Addition(writer, clientId, application, origin, idempotency),
            static (file, addition) => Add(file, addition),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Result<Application>> UpdateAsync(
        ClientId clientId,
        AppId applicationId,
        string? name,
        IReadOnlyList<string>? allowedOrigins,
        string? etag,
        CancellationToken cancellationToken) =>
        databases.WriteAsync(
            DatabaseName.Platform,
            new Update(clientId, applicationId, name, allowedOrigins, etag),
            static (file, update) => Apply(file, update),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Result<bool>> DeleteAsync(
        ClientId clientId,
        AppId applicationId,
        string? etag,
        DateTimeOffset at,
        ChangeOrigin origin,
        CancellationToken cancellationToken) =>
        databases.WriteAsync(
            DatabaseName.Platform,
            new Deletion(writer, clientId, applicationId, etag, at, origin),
            static (file, deletion) => Delete(file, deletion),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> IsOriginListedAsync(string origin, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Platform,
            origin,
            static (connection, asked) => ApplicationRows.IsListed(connection, asked),
            absent: false,
            cancellationToken);

    private static Result<Application> Add(DatabaseFile file, Addition addition)
    {
        var (writer, client, application, origin, idempotency) = addition;
        var now = writer.Now();
        var key = idempotency is null ? null : KeptAnswers.InPlatform(client, idempotency.Key);
        if (IdempotencyRows.Refuse(file.Writer, key, now) is { } answered)
        {
            return answered;
        }

        ApplicationRows.Put(file.Writer, client, application);
        writer.Append(
            file, client, EventTypes.ApplicationCreated, new EventBody { Application = application }, origin, application.CreatedAt);
        if (key is not null)
        {
            IdempotencyRows.Put(file.Writer, key, idempotency!.Render(application), now, subject: []);
        }

        return application;
    }

    private static Result<Application> Apply(DatabaseFile file, Update update)
    {
        if (ApplicationRows.Find(file.Writer, update.ClientId, update.Id) is not { } before)
        {
            return Error.NotFound;
        }

        var changed = PlatformRules.Change(before, update.Name, update.AllowedOrigins, update.Etag);
        if (changed.Value is { } after)
        {
            ApplicationRows.Put(file.Writer, update.ClientId, after);
        }

        return changed;
    }

    private static Result<bool> Delete(DatabaseFile file, Deletion deletion)
    {
        var (writer, client, id, etag, at, origin) = deletion;
        if (ApplicationRows.Find(file.Writer, client, id) is not { } application)
        {
            return false;
        }

        if (PlatformRules.RefuseEtag(application, etag) is { } refusal)
        {
            return refusal;
        }

        foreach (var key in KeyRows.ListOf(file.Writer, client, id))
        {
            KeyRows.Revoke(file.Writer, client, key.Key.Id, at);
            PlatformWriter.Revoke(file, client, RevocationKind.Key, key.Key.Id.ToString(), at);
        }

        ApplicationRows.Delete(file.Writer, client, id);
        writer.Append(file, client, EventTypes.ApplicationDeleted, new EventBody { Application = application }, origin, at);
        return true;
    }

    private sealed record Addition(
        PlatformWriter Writer,
        ClientId ClientId,
        Application Application,
        ChangeOrigin Origin,
        IdempotentWrite<Application>? Idempotency);

    private sealed record Update(
        ClientId ClientId, AppId Id, string? Name, IReadOnlyList<string>? AllowedOrigins, string? Etag);

    private sealed record Deletion(
        PlatformWriter Writer, ClientId ClientId, AppId Id, string? Etag, DateTimeOffset At, ChangeOrigin Origin);
}
