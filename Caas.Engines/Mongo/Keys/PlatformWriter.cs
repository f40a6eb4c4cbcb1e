using System.Globalization;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Engines.Mongo.Events;
using Caas.Engines.Mongo.Storage;
using Caas.Engines.Mongo.Tokens;

namespace Caas.Engines.Mongo.Keys;

/// <summary>What the writes of the platform's database share: the client's part of its log, and revocations.</summary>
/// <param name="log">The log.</param>
internal sealed class PlatformWriter(ClientLog log)
{
    /// <summary>The time that a write of now is stored under.</summary>
    public DateTimeOffset Now() => log.Now();

    /// <summary>The etag that the next change gives to what it changes.</summary>
    public static async Task<string> NextEtagAsync(MongoUnit unit, ClientId clientId) =>
        (await ClientLog.NextVersionAsync(unit, clientId)).ToString(CultureInfo.InvariantCulture);

    /// <summary>Adds the next change of the client.</summary>
    public Task AppendAsync(
        MongoUnit unit, ClientId clientId, string type, EventBody data, ChangeOrigin origin, DateTimeOffset at) =>
        log.AppendAsync(unit, clientId, type, data, origin, at);

    /// <summary>Adds a revocation in the same write.</summary>
    public static Task RevokeAsync(
        MongoUnit unit, ClientId clientId, RevocationKind kind, string subject, DateTimeOffset at) =>
        RevocationNumbers.AppendAsync(unit, [new Revocation(clientId, kind, subject, at)]);
}
