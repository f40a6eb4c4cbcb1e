using Caas.Domain.Ids;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// <c>client_databases</c> of the platform's file: one row for each client file that was ever written, and whether it
/// may have changes for the relay. Set before the first write after a file was opened, cleared when it is closed with
/// nothing left: a crash leaves it set.
/// </summary>
internal static class PlatformSql
{
    public const string MarkPending = """
        INSERT INTO client_databases (client_id, relay_pending) VALUES (?, 1)
        ON CONFLICT (client_id) DO UPDATE SET relay_pending = 1 WHERE relay_pending = 0
        """;

    public const string ClearPending = "UPDATE client_databases SET relay_pending = 0 WHERE client_id = ?";

    private const string SelectPending = "SELECT client_id FROM client_databases WHERE relay_pending = 1";

    // The same value again still writes a page and flushes it.
    private const string WriteSame = "UPDATE relay SET relay_position = relay_position";

    private const string ReadOne = "SELECT relay_position FROM relay";

    public static bool Probe(Connection connection)
    {
        connection.Prepare(WriteSame).Run();
        return true;
    }

    public static bool Look(Connection connection)
    {
        var row = connection.Prepare(ReadOne);
        var found = row.Step();
        row.Reset();
        return found;
    }

    public static List<ClientId> ReadPending(Connection connection)
    {
        var clients = new List<ClientId>();
        var rows = connection.Prepare(SelectPending);
        while (rows.Step())
        {
            clients.Add(new ClientId(rows.Id(0)));
        }

        return clients;
    }
}
