using System.Globalization;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Engines.Sqlite.Events;
using Caas.Engines.Sqlite.Storage;
using Caas.Engines.Sqlite.Tokens;

namespace Caas.Engines.Sqlite.Keys;

/// <summary>What the writes of the platform's file share: the client's part of its log, and revocations.</summary>
/// <param name="log">The log.</param>
internal sealed class PlatformWriter(ClientLog log)
{
    /// <summary>The time that a write of now is stored under.</summary>
    public DateTimeOffset Now() => log.Now();

    /// <summary>The etag that the next change gives to what it changes.</summary>
    public static string NextEtag(DatabaseFile file, ClientId clientId) =>
        ClientLog.NextVersion(file, clientId).ToString(CultureInfo.InvariantCulture);

    /// <summary>Adds the next change of the client.</summary>
    public void Append(
        DatabaseFile file, ClientId clientId, string type, EventBody data, ChangeOrigin origin, DateTimeOffset at) =>
        log.Append(file, clientId, ClientLog.NextVersion(file, clientId), type, data, origin, at);

    /// <summary>Adds a revocation in the same write.</summary>
    public static void Revoke(DatabaseFile file, ClientId clientId, RevocationKind kind, string subject, DateTimeOffset at) =>
        RevocationRows.Append(file.Writer, new Revocation(clientId, kind, subject, at));
}
