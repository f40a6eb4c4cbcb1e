using Caas.Domain.Ids;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Backup;

/// <summary>What is put right in the copies, so that files of different moments are one deployment.</summary>
internal static class CopiedFiles
{
    private const string SelectClients = "SELECT id FROM clients";

    /// <summary>
    /// Drops the files of clients that the platform's copy does not have: their rows and their events are gone, so that
    /// nothing would ever erase the copy.
    /// </summary>
    public static void DropErased(string into, List<string> copied)
    {
        var clients = new HashSet<ClientId>();
        using (var connection = Connection.OpenCopy(Path.Combine(into, DataFiles.Platform)))
        {
            var row = connection.Prepare(SelectClients);
            while (row.Step())
            {
                clients.Add(new ClientId(row.Id(0)));
            }
        }

        foreach (var path in copied.Where(path => DataFiles.ClientOf(path) is { } client && !clients.Contains(client)).ToArray())
        {
            File.Delete(Path.Combine(into, path));
            copied.Remove(path);
        }
    }

    /// <summary>
    /// Takes the relay of each copy back to a position, and notes in the platform's copy which of them have something to
    /// relay then, as a crash would have left it noted.
    /// </summary>
    public static void TakeRelaysBack(string into, List<string> copied, Dictionary<string, long> positions)
    {
        var pending = new List<ClientId>();
        foreach (var path in copied)
        {
            if (DataFiles.ClientOf(path) is { } client
                && FileSnapshot.LowerRelayPosition(Path.Combine(into, path), positions.GetValueOrDefault(path)))
            {
                pending.Add(client);
            }
        }

        var platform = Path.Combine(into, DataFiles.Platform);
        FileSnapshot.LowerRelayPosition(platform, positions[DataFiles.Platform]);
        using var connection = Connection.OpenCopy(platform);
        connection.Prepare("BEGIN").Run();
        foreach (var client in pending)
        {
            connection.Prepare(PlatformSql.MarkPending).Bind(client.Value).Run();
        }

        connection.Prepare("COMMIT").Run();
    }
}
