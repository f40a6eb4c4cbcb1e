using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Events;

/// <summary>Appends changes that are of no conversation: to the client's log in its own file or in the platform's.</summary>
/// <param name="ids">Makes the event ids.</param>
/// <param name="clock">Tells when.</param>
internal sealed class ClientLog(IIdSource ids, TimeProvider clock)
{
    /// <summary>The time that a write of now is stored under: whole milliseconds, as it is read again.</summary>
    public DateTimeOffset Now() => clock.Now();

    /// <summary>The version that the next change gets.</summary>
    public static long NextVersion(DatabaseFile file, ClientId clientId) =>
        ChangeRows.ReadVersion(file.Writer, LogOf(file, clientId)) + 1;

    /// <summary>Adds a change inside the present transaction.</summary>
    public void Append(
        DatabaseFile file, ClientId clientId, long version, string type, EventBody data, ChangeOrigin origin, DateTimeOffset at)
    {
        var change = ClientEvent.Of(ids, clientId, version, type, data, origin, at);
        ChangeRows.Append(file, LogOf(file, clientId), change);
    }

    private static Guid LogOf(DatabaseFile file, ClientId clientId) =>
        file.Name == DatabaseName.Platform ? clientId.Value : ChangeRows.ClientLog;
}
