using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Events;

/// <summary>Appends changes that are of no conversation: to the client's log in its own database or in the platform's.</summary>
/// <param name="ids">Makes the event ids.</param>
/// <param name="clock">Tells when.</param>
internal sealed class ClientLog(IIdSource ids, TimeProvider clock)
{
    /// <summary>The time that a write of now is stored under: whole milliseconds, as it is read again.</summary>
    public DateTimeOffset Now() => clock.Now();

    /// <summary>The version that the next change gets.</summary>
    public static Task<long> NextVersionAsync(MongoUnit unit, ClientId clientId) => unit.NextVersionAsync(LogOf(unit, clientId));

    /// <summary>Adds the next change inside the present transaction.</summary>
    public async Task AppendAsync(
        MongoUnit unit, ClientId clientId, string type, EventBody data, ChangeOrigin origin, DateTimeOffset at)
    {
        var version = await NextVersionAsync(unit, clientId);
        await unit.AppendAsync(LogOf(unit, clientId), ClientEvent.Of(ids, clientId, version, type, data, origin, at));
    }

    private static Guid LogOf(MongoUnit unit, ClientId clientId) =>
        unit.Name == DatabaseName.Platform ? clientId.Value : ChangeDocuments.ClientLog;
}
