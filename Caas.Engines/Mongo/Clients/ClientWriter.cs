using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Applications;
using Caas.Engines.Mongo.Events;
using Caas.Engines.Mongo.Keys;
using Caas.Engines.Mongo.Storage;
using Microsoft.Extensions.Options;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Clients;

/// <summary>Writes clients, inside the present transaction of the platform's database.</summary>
/// <param name="writer">The log and the revocations.</param>
/// <param name="options">Where a new client's database shall be.</param>
internal sealed class ClientWriter(PlatformWriter writer, IOptions<MongoOptions> options)
{
    public async Task<Result<bool>> RegisterAsync(
        MongoUnit unit, Client client, Application application, StoredApiKey key, ChangeOrigin origin)
    {
        unit.Insert(MongoCollections.Clients, ClientDocuments.Write(client, options.Value.Placement));
        ApplicationDocuments.Put(unit, client.Id, application);
        unit.Insert(MongoCollections.Keys, KeyDocuments.Write(key));
        var at = client.CreatedAt;
        await writer.AppendAsync(unit, client.Id, EventTypes.ClientCreated, new EventBody { Client = client }, origin, at);
        await writer.AppendAsync(unit, client.Id, EventTypes.ApplicationCreated, new EventBody { Application = application }, origin, at);
        await writer.AppendAsync(unit, client.Id, EventTypes.KeyCreated, new EventBody { Key = key.Key }, origin, at);
        return true;
    }

    public async Task<Result<Client>> UpdateAsync(MongoUnit unit, ClientUpdate update)
    {
        if (await FindAsync(unit, update.ClientId) is not { } before)
        {
            return Error.NotFound;
        }

        var changed = PlatformRules.Change(before, update.Name, update.Email, update.Etag);
        if (changed.Value is not { } after || after == before)
        {
            return changed;
        }

        after = after with { Etag = await PlatformWriter.NextEtagAsync(unit, before.Id) };
        unit.Update(MongoCollections.Clients, ClientDocuments.IfLiving(after.Id), ClientDocuments.Change(after));
        await writer.AppendAsync(
            unit, after.Id, EventTypes.ClientUpdated, new EventBody { Client = after }, update.Origin, writer.Now());
        return after;
    }

    public async Task<Result<bool>> SetLimitsAsync(MongoUnit unit, ClientId clientId, ClientLimits limits)
    {
        if (await FindAsync(unit, clientId) is null)
        {
            return false;
        }

        unit.Update(MongoCollections.Clients, ClientDocuments.IfLiving(clientId), ClientDocuments.SetLimits(limits));
        await PlatformWriter.RevokeAsync(unit, clientId, RevocationKind.Limits, clientId.ToString(), writer.Now());
        return true;
    }

    public async Task<Result<bool>> MarkDeletedAsync(MongoUnit unit, ClientId clientId, DateTimeOffset at, ChangeOrigin origin)
    {
        if (await FindAsync(unit, clientId) is not { } client)
        {
            return false;
        }

        unit.Update(MongoCollections.Clients, ClientDocuments.IfLiving(clientId), ClientDocuments.MarkDeleted(at));
        unit.UpdateAll(MongoCollections.Applications, ApplicationDocuments.Of(clientId), ApplicationDocuments.Unlist);
        unit.UpdateAll(MongoCollections.Keys, KeyDocuments.StandingOf(clientId), KeyDocuments.Revoke(at));
        await PlatformWriter.RevokeAsync(unit, clientId, RevocationKind.Client, clientId.ToString(), at);
        await writer.AppendAsync(unit, clientId, EventTypes.ClientDeleted, new EventBody { Client = client }, origin, at);
        return true;
    }

    /// <summary>The log goes too, as far as it was relayed: events of the erased client hold its people's names.</summary>
    public static async Task<Result<bool>> EraseAsync(MongoUnit unit, ClientId clientId)
    {
        var of = new BsonDocument("c", Bson.Id(clientId.Value));
        var relayed = RelayDocuments.Relayed(await unit.FirstAsync(RelayDocuments.Of(DatabaseName.Platform)));
        unit.DeleteAll(MongoCollections.Applications, of);
        unit.DeleteAll(MongoCollections.Keys, of);
        unit.DeleteAll(
            MongoCollections.Changes,
            new BsonDocument { { "l", Bson.Id(clientId.Value) }, { Bson.Key, Match.NotAbove(relayed) } });
        unit.Delete(MongoCollections.Relays, Match.ByKey(Bson.Id(clientId.Value)));
        unit.Delete(MongoCollections.Clients, ClientDocuments.IfDeleted(clientId));
        return true;
    }

    private static async Task<Client?> FindAsync(MongoUnit unit, ClientId id) =>
        await unit.FirstAsync(ClientDocuments.One(id)) is { } document ? ClientDocuments.Read(document) : null;
}

/// <summary>What is asked of <see cref="ClientWriter.UpdateAsync"/>.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Name">The new name; null to leave it.</param>
/// <param name="Email">The new address; null to leave it.</param>
/// <param name="Etag">The etag that the caller saw; null for any.</param>
/// <param name="Origin">Who, and in which trace.</param>
internal sealed record ClientUpdate(ClientId ClientId, string? Name, string? Email, string? Etag, ChangeOrigin Origin);
