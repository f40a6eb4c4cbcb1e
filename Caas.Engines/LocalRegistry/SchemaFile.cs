using Caas.Engines.LocalLog;
using Microsoft.Data.Sqlite;

namespace Caas.Engines.LocalRegistry;

/// <summary>
/// <c>caas_schemas.db</c>: a file of its own, so that the registry works without the event stream, and a damaged stream
/// leaves the schemas whole. WAL, <c>synchronous=FULL</c>. Used by one caller at a time.
/// </summary>
internal sealed class SchemaFile : IDisposable
{
    /// <summary>What the names of its migrations begin with.</summary>
    public const string Scripts = "Caas.Engines.LocalRegistry.Migrations.";

    private readonly SqliteConnection _connection;

    private SchemaFile(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the file, made where there is none.</summary>
    public static SchemaFile Open(string folder)
    {
        Directory.CreateDirectory(folder);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(folder, "caas_schemas.db"),
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        try
        {
            connection.Open();
            var file = new SchemaFile(connection);
            file.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            NumberedMigrations.Apply(connection, Scripts);
            return file;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Everything that was registered.</summary>
    public void Load(SchemaCatalogue catalogue)
    {
        Query("SELECT schema_id, text FROM schemas", row => catalogue.AddSchema(row.GetInt32(0), row.GetString(1)));
        Query(
            "SELECT subject, schema_id FROM versions ORDER BY subject, version",
            row => catalogue.AddVersion(row.GetString(0), row.GetInt32(1)));
        Query("SELECT subject, level FROM levels", row => catalogue.SetLevel(row.GetString(0), row.GetString(1)));
    }

    /// <summary>Keeps a version, and its schema where that is new, in one transaction.</summary>
    public void AddVersion(string subject, int version, int schemaId, string text)
    {
        using var transaction = _connection.BeginTransaction();
        Execute("INSERT INTO schemas (schema_id, text) VALUES (@id, @text) ON CONFLICT DO NOTHING", ("@id", schemaId), ("@text", text));
        Execute(
            "INSERT INTO versions (subject, version, schema_id) VALUES (@subject, @version, @id)",
            ("@subject", subject),
            ("@version", version),
            ("@id", schemaId));
        transaction.Commit();
    }

    /// <summary>Reads something small.</summary>
    public void Look() => Query("SELECT count(*) FROM levels", static _ => { });

    /// <summary>Keeps a level.</summary>
    public void SetLevel(string subject, string level) => Execute(
        "INSERT INTO levels (subject, level) VALUES (@subject, @level) ON CONFLICT (subject) DO UPDATE SET level = excluded.level",
        ("@subject", subject),
        ("@level", level));

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private void Query(string sql, Action<SqliteDataReader> read)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            read(rows);
        }
    }

    private void Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }
}
