using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Keys;

/// <inheritdoc/>
internal sealed class SqliteApiKeyStore(DatabaseSet databases, PlatformWriter writer) : IApiKeyStore
{
    private readonly KeyUses _uses = new();

    /// <inheritdoc/>
    public ValueTask<StoredApiKey?> FindByPublicPartAsync(string publicPart, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Platform,
            publicPart,
            static (connection, part) => KeyRows.FindByPublicPart(connection, part),
            absent: null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ApiKey?> FindAsync(ClientId clientId, KeyId keyId, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Platform,
            (Client: clientId, Id: keyId),
            static (connection, state) => KeyRows.Find(connection, state.Client, state.Id)?.Key,
            absent: null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(
        ClientId clientId, KeyId? after, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<(ClientId Client, KeyId? After, int Limit), IReadOnlyList<ApiKey>>(
            DatabaseName.Platform,
            (clientId, after, limit),
            static (connection, state) =>
                [.. KeyRows.List(connection, state.Client, state.After, state.Limit).Select(stored => stored.Key)],
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask AddAsync(StoredApiKey key, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        var added = await databases.WriteAsync<(PlatformWriter Writer, StoredApiKey Key, ChangeOrigin Origin), bool>(
            DatabaseName.Platform,
            (writer, key, origin),
            static (file, state) =>
            {
                Insert(file, state.Writer, state.Key, EventTypes.KeyCreated, state.Origin);
                return true;
            },
            cancellationToken);
        added.OrThrow();
    }

    /// <inheritdoc/>
    public async ValueTask<ApiKey?> RotateAsync(
        KeyId oldKey, StoredApiKey successor, DateTimeOffset oldEndsAt, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        var rotated = await databases.WriteAsync(
            DatabaseName.Platform,
            (Writer: writer, Old: oldKey, Successor: successor, EndsAt: oldEndsAt, Origin: origin),
            static (file, state) => Rotate(file, state.Writer, state.Old, state.Successor, state.EndsAt, state.Origin),
            cancellationToken);
        return rotated.OrThrow();
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RevokeAsync(
        ClientId clientId, KeyId keyId, DateTimeOffset at, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        var revoked = await databases.WriteAsync(
            DatabaseName.Platform,
            (Writer: writer, Client: clientId, Id: keyId, At: at, Origin: origin),
            static (file, state) => Revoke(file, state.Writer, state.Client, state.Id, state.At, state.Origin),
            cancellationToken);
        return revoked.OrThrow();
    }

    /// <inheritdoc/>
    public void NoteUse(ClientId clientId, KeyId keyId, DateTimeOffset at)
    {
        if (_uses.Note(keyId, at) is { } minute)
        {
            databases.Post(
                DatabaseName.Platform,
                (Client: clientId, Id: keyId, At: minute),
                static (file, state) => KeyRows.NoteUse(file.Writer, state.Client, state.Id, state.At),
                forced: false);
        }
    }

    private static Result<ApiKey?> Rotate(
        DatabaseFile file, PlatformWriter writer, KeyId old, StoredApiKey successor, DateTimeOffset endsAt, ChangeOrigin origin)
    {
        if (KeyRows.Find(file.Writer, successor.ClientId, old) is null)
        {
            return default(ApiKey?);
        }

        KeyRows.End(file.Writer, successor.ClientId, old, endsAt);
        Insert(file, writer, successor, EventTypes.KeyRotated, origin);
        return successor.Key;
    }

    private static Result<bool> Revoke(
        DatabaseFile file, PlatformWriter writer, ClientId client, KeyId id, DateTimeOffset at, ChangeOrigin origin)
    {
        if (KeyRows.Find(file.Writer, client, id) is not { } stored)
        {
            return false;
        }

        KeyRows.Revoke(file.Writer, client, id, at);
        PlatformWriter.Revoke(file, client, RevocationKind.Key, id.ToString(), at);
        writer.Append(file, client, EventTypes.KeyRevoked, new EventBody { Key = stored.Key }, origin, at);
        return true;
    }

    private static void Insert(DatabaseFile file, PlatformWriter writer, StoredApiKey key, string type, ChangeOrigin origin)
    {
        KeyRows.Insert(file.Writer, key);
        writer.Append(file, key.ClientId, type, new EventBody { Key = key.Key }, origin, key.Key.CreatedAt);
    }
}
