using System.Text.Json;
using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Migration;

/// <summary>What a folder knows of the move that fills it, in a file beside the others.</summary>
internal sealed class ArrivalFile : IDisposable
{
    public const string CreateTable = """
        CREATE TABLE IF NOT EXISTS arrival (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID
        """;

    private const string StateName = "move";
    private const string Select = "SELECT value FROM arrival WHERE name = ?";
    private const string Replace = "INSERT OR REPLACE INTO arrival (name, value) VALUES (?, ?)";
    private const string Delete = "DELETE FROM arrival WHERE name = ?";

    private readonly Connection _connection;

    private ArrivalFile(Connection connection) => _connection = connection;

    public static ArrivalFile Open(string path)
    {
        var connection = Connection.OpenCopy(path, create: true);
        try
        {
            connection.Execute(CreateTable);
            return new ArrivalFile(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public MoveState? ReadState() => Read(StateName) is { } json ? JsonSerializer.Deserialize(json, MoveJson.Default.MoveState) : null;

    public void SaveState(MoveState state) => Save(StateName, JsonSerializer.SerializeToUtf8Bytes(state, MoveJson.Default.MoveState));

    public DatabaseProgress? ReadProgress(DatabaseName name) =>
        Read(name.ToString()) is { } json ? JsonSerializer.Deserialize(json, MoveJson.Default.DatabaseProgress) : null;

    public void SaveProgress(DatabaseName name, DatabaseProgress progress) =>
        Save(name.ToString(), JsonSerializer.SerializeToUtf8Bytes(progress, MoveJson.Default.DatabaseProgress));

    public void ForgetProgress(DatabaseName name) => _connection.Prepare(Delete).Bind(name.ToString()).Run();

    public void Dispose() => _connection.Dispose();

    private void Save(string name, byte[] json) => _connection.Prepare(Replace).Bind(name).Bind(json).Run();

    private byte[]? Read(string name)
    {
        var row = _connection.Prepare(Select).Bind(name);
        if (!row.Step())
        {
            return null;
        }

        var json = row.Blob(0).ToArray();
        row.Reset();
        return json;
    }
}
