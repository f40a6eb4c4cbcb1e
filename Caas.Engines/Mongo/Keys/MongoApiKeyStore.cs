using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Keys;

/// <inheritdoc/>
internal sealed class MongoApiKeyStore(MongoReads reads, WriteQueues queues, PlatformWriter writer) : IApiKeyStore
{
    private readonly KeyUses _uses = new();

    /// <inheritdoc/>
    public async ValueTask<StoredApiKey?> FindByPublicPartAsync(string publicPart, CancellationToken cancellationToken) =>
        await reads.FirstAsync(DatabaseName.Platform, KeyDocuments.ByPublicPart(publicPart), cancellationToken) is { } document
            ? KeyDocuments.Read(document)
            : null;

    /// <inheritdoc/>
    public async ValueTask<ApiKey?> FindAsync(ClientId clientId, KeyId keyId, CancellationToken cancellationToken) =>
        await reads.FirstAsync(DatabaseName.Platform, KeyDocuments.One(clientId, keyId), cancellationToken) is { } document
            ? KeyDocuments.Read(document).Key
            : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ApiKey>> ListAsync(
        ClientId clientId, KeyId? after, int limit, CancellationToken cancellationToken) =>
        (await reads.FindAsync(DatabaseName.Platform, KeyDocuments.Page(clientId, after, limit), cancellationToken))
            .ConvertAll(static document => KeyDocuments.Read(document).Key);

    /// <inheritdoc/>
    public async ValueTask AddAsync(StoredApiKey key, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        var added = await queues.WriteAsync<(PlatformWriter Writer, StoredApiKey Key, ChangeOrigin Origin), bool>(
            DatabaseName.Platform,
            (writer, key, origin),
            static async (unit, state) =>
            {
                await InsertAsync(unit, state.Writer, state.Key, EventTypes.KeyCreated, state.Origin);
                return true;
            },
            cancellationToken);
        added.OrThrow();
    }

    /// <inheritdoc/>
    public async ValueTask<ApiKey?> RotateAsync(
        KeyId oldKey, StoredApiKey successor, DateTimeOffset oldEndsAt, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        var rotated = await queues.WriteAsync(
            DatabaseName.Platform,
            (Writer: writer, Old: oldKey, Successor: successor, EndsAt: oldEndsAt, Origin: origin),
            static (unit, state) => RotateAsync(unit, state.Writer, state.Old, state.Successor, state.EndsAt, state.Origin),
            cancellationToken);
        return rotated.OrThrow();
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RevokeAsync(
        ClientId clientId, KeyId keyId, DateTimeOffset at, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        var revoked = await queues.WriteAsync(
            DatabaseName.Platform,
            (Writer: writer, Client: clientId, Id: keyId, At: at, Origin: origin),
            static (unit, state) => RevokeAsync(unit, state.Writer, state.Client, state.Id, state.At, state.Origin),
            cancellationToken);
        return revoked.OrThrow();
    }

    /// <inheritdoc/>
    public void NoteUse(ClientId clientId, KeyId keyId, DateTimeOffset at)
    {
        if (_uses.Note(keyId, at) is { } minute)
        {
            queues.Post(
                DatabaseName.Platform,
                (Client: clientId, Id: keyId, At: minute),
                static (unit, state) => unit.Update(
                    MongoCollections.Keys, KeyDocuments.IfStanding(state.Client, state.Id), KeyDocuments.NoteUse(state.At)));
        }
    }

    private static async Task<Result<ApiKey?>> RotateAsync(
        MongoUnit unit, PlatformWriter writer, KeyId old, StoredApiKey successor, DateTimeOffset endsAt, ChangeOrigin origin)
    {
        if (await unit.FirstAsync(KeyDocuments.One(successor.ClientId, old)) is not { } document)
        {
            return default(ApiKey?);
        }

        if (KeyDocuments.Read(document).Key.ExpiresAt is not { } ends || ends > endsAt)
        {
            unit.Update(MongoCollections.Keys, KeyDocuments.IfStanding(successor.ClientId, old), KeyDocuments.End(endsAt));
        }

        await InsertAsync(unit, writer, successor, EventTypes.KeyRotated, origin);
        return successor.Key;
    }

    private static async Task<Result<bool>> RevokeAsync(
        MongoUnit unit, PlatformWriter writer, ClientId client, KeyId id, DateTimeOffset at, ChangeOrigin origin)
    {
        if (await unit.FirstAsync(KeyDocuments.One(client, id)) is not { } document)
        {
            return false;
        }

        unit.Update(MongoCollections.Keys, KeyDocuments.IfStanding(client, id), KeyDocuments.Revoke(at));
        await PlatformWriter.RevokeAsync(unit, client, RevocationKind.Key, id.ToString(), at);
        var key = KeyDocuments.Read(document).Key;
        await writer.AppendAsync(unit, client, EventTypes.KeyRevoked, new EventBody { Key = key }, origin, at);
        return true;
    }

    private static async Task InsertAsync(
        MongoUnit unit, PlatformWriter writer, StoredApiKey key, string type, ChangeOrigin origin)
    {
        unit.Insert(MongoCollections.Keys, KeyDocuments.Write(key));
        await writer.AppendAsync(unit, key.ClientId, type, new EventBody { Key = key.Key }, origin, key.Key.CreatedAt);
    }
}
