using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Applications;
using Caas.Engines.Sqlite.Keys;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Clients;

/// <inheritdoc/>
internal sealed class SqliteClientStore(DatabaseSet databases, PlatformWriter writer) : IClientStore
{
    /// <inheritdoc/>
    public async ValueTask RegisterAsync(
        Client client, Application application, StoredApiKey key, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        var registered = await databases.WriteAsync<Registration, bool>(
            DatabaseName.Platform,
            new Registration(writer, client, application, key, origin),
            static (file, registration) => Register(file, registration),
            cancellationToken);
        registered.OrThrow();
    }

    /// <inheritdoc/>
    public ValueTask<Client?> FindAsync(ClientId clientId, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Platform, clientId, static (connection, id) => ClientRows.Find(connection, id), absent: null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Client>> ListAsync(ClientId? after, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<(ClientId? After, int Limit), IReadOnlyList<Client>>(
            DatabaseName.Platform,
            (after, limit),
            static (connection, state) => ClientRows.List(connection, state.After, state.Limit),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Result<Client>> UpdateAsync(
        ClientId clientId, string? name, string? email, string? etag, ChangeOrigin origin, CancellationToken cancellationToken) =>
        databases.WriteAsync(
            DatabaseName.Platform,
            new Update(writer, clientId, name, email, etag, origin),
            static (file, update) => Apply(file, update),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ClientLimits?> FindLimitsAsync(ClientId clientId, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Platform,
            clientId,
            static (connection, id) => ClientRows.FindLimits(connection, id),
            absent: null,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> SetLimitsAsync(ClientId clientId, ClientLimits limits, CancellationToken cancellationToken)
    {
        var set = await databases.WriteAsync<(ClientId Client, ClientLimits Limits, DateTimeOffset At), bool>(
            DatabaseName.Platform,
            (clientId, limits, writer.Now()),
            static (file, state) => SetLimits(file, state.Client, state.Limits, state.At),
            cancellationToken);
        return set.OrThrow();
    }

    /// <inheritdoc/>
    public async ValueTask<bool> MarkDeletedAsync(
        ClientId clientId, DateTimeOffset at, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        var marked = await databases.WriteAsync(
            DatabaseName.Platform,
            (Writer: writer, Client: clientId, At: at, Origin: origin),
            static (file, state) => MarkDeleted(file, state.Writer, state.Client, state.At, state.Origin),
            cancellationToken);
        return marked.OrThrow();
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ClientId>> ListDeletedAsync(int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<int, IReadOnlyList<ClientId>>(
            DatabaseName.Platform,
            limit,
            static (connection, most) => ClientRows.ListDeleted(connection, most),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask EraseAsync(ClientId clientId, CancellationToken cancellationToken)
    {
        // The file first: while the row stands, an interrupted erasure is found again.
        await databases.EraseAsync(clientId, cancellationToken);
        var erased = await databases.WriteAsync<ClientId, bool>(
            DatabaseName.Platform,
            clientId,
            static (file, id) =>
            {
                ClientRows.Erase(file.Writer, id);
                return true;
            },
            cancellationToken);
        erased.OrThrow();
    }

    private static bool Register(DatabaseFile file, Registration registration)
    {
        var (writer, client, application, key, origin) = registration;
        ClientRows.Insert(file.Writer, client);
        ApplicationRows.Put(file.Writer, client.Id, application);
        KeyRows.Insert(file.Writer, key);
        var at = client.CreatedAt;
        writer.Append(file, client.Id, EventTypes.ClientCreated, new EventBody { Client = client }, origin, at);
        writer.Append(file, client.Id, EventTypes.ApplicationCreated, new EventBody { Application = application }, origin, at);
        writer.Append(file, client.Id, EventTypes.KeyCreated, new EventBody { Key = key.Key }, origin, at);
        return true;
    }

    private static Result<Client> Apply(DatabaseFile file, Update update)
    {
        if (ClientRows.Find(file.Writer, update.ClientId) is not { } before)
        {
            return Error.NotFound;
        }

        var changed = PlatformRules.Change(before, update.Name, update.Email, update.Etag);
        if (changed.Value is not { } after || after == before)
        {
            return changed;
        }

        after = after with { Etag = PlatformWriter.NextEtag(file, before.Id) };
        ClientRows.Update(file.Writer, after);
        update.Writer.Append(
            file, after.Id, EventTypes.ClientUpdated, new EventBody { Client = after }, update.Origin, update.Writer.Now());
        return after;
    }

    private static bool SetLimits(DatabaseFile file, ClientId clientId, ClientLimits limits, DateTimeOffset at)
    {
        if (ClientRows.FindLimits(file.Writer, clientId) is null)
        {
            return false;
        }

        ClientRows.SetLimits(file.Writer, clientId, limits);
        PlatformWriter.Revoke(file, clientId, RevocationKind.Limits, clientId.ToString(), at);
        return true;
    }

    private static Result<bool> MarkDeleted(
        DatabaseFile file, PlatformWriter writer, ClientId clientId, DateTimeOffset at, ChangeOrigin origin)
    {
        if (ClientRows.Find(file.Writer, clientId) is not { } client)
        {
            return false;
        }

        ClientRows.MarkDeleted(file.Writer, clientId, at);
        ApplicationRows.ForgetOrigins(file.Writer, clientId);
        KeyRows.RevokeAll(file.Writer, clientId, at);
        PlatformWriter.Revoke(file, clientId, RevocationKind.Client, clientId.ToString(), at);
        writer.Append(file, clientId, EventTypes.ClientDeleted, new EventBody { Client = client }, origin, at);
        return true;
    }

    private sealed record Registration(
        PlatformWriter Writer, Client Client, Application Application, StoredApiKey Key, ChangeOrigin Origin);

    private sealed record Update(
        PlatformWriter Writer, ClientId ClientId, string? Name, string? Email, string? Etag, ChangeOrigin Origin);
}
