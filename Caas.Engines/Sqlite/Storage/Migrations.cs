using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// The numbered SQL files of one kind of database, embedded in this assembly: <c>Migrations/Client/0001_first.sql</c>.
/// A file that was applied anywhere is never edited; the checksum in the database says when one was.
/// </summary>
/// <param name="all">The files, in any order.</param>
internal sealed class Migrations(IEnumerable<Migration> all)
{
    private const string Prefix = "Caas.Engines.Sqlite.Migrations.";

    private const string CreateTable = """
        CREATE TABLE IF NOT EXISTS migrations (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            checksum BLOB NOT NULL,
            applied_at INTEGER NOT NULL
        ) STRICT;
        """;

    private readonly IReadOnlyList<Migration> _all = [.. all.OrderBy(migration => migration.Number)];

    /// <summary>All, in their order.</summary>
    public IReadOnlyList<Migration> All => _all;

    public static Migrations Platform { get; } = Embedded("Platform.");

    public static Migrations Client { get; } = Embedded("Client.");

    /// <summary>Brings a database up to date; <see cref="MigrationException"/> where it is not one of this version.</summary>
    public void Apply(Connection connection, string path, DateTimeOffset now)
    {
        connection.Execute(CreateTable);
        var applied = Applied(connection);
        Check(applied, path);
        foreach (var migration in _all.Where(migration => !applied.ContainsKey(migration.Number)))
        {
            Apply(connection, migration, now);
        }
    }

    /// <summary>How far a database is; <see cref="MigrationException"/> where it is not one of this version. Applies nothing.</summary>
    public SchemaState Read(Connection connection, string path)
    {
        var applied = HasLedger(connection) ? Applied(connection) : [];
        Check(applied, path);
        return new SchemaState(applied.Count, _all.Count);
    }

    /// <summary>Whether a file has a table of what was applied: else it has just been made.</summary>
    internal static bool HasLedger(Connection connection)
    {
        var row = connection.Prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'migrations'");
        var has = row.Step() && row.Int64(0) > 0;
        row.Reset();
        return has;
    }

    private void Check(Dictionary<long, (string Name, byte[] Checksum)> applied, string path)
    {
        foreach (var (number, (name, checksum)) in applied)
        {
            var known = _all.FirstOrDefault(migration => migration.Number == number)
                ?? throw new MigrationException($"{path}: migration {name} is unknown: the file was written by a newer version.");
            if (!known.Checksum.AsSpan().SequenceEqual(checksum))
            {
                throw new MigrationException($"{path}: migration {known.Name} is not the one that was applied: its checksum differs.");
            }
        }
    }

    private static Migrations Embedded(string kind)
    {
        var assembly = typeof(Migrations).Assembly;
        return new Migrations(assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix + kind, StringComparison.Ordinal))
            .Select(name => Read(assembly, name, name[(Prefix.Length + kind.Length)..])));
    }

    private static Migration Read(Assembly assembly, string resource, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return new Migration(name, reader.ReadToEnd());
    }

    private static Dictionary<long, (string Name, byte[] Checksum)> Applied(Connection connection)
    {
        var applied = new Dictionary<long, (string, byte[])>();
        var rows = connection.Prepare("SELECT number, name, checksum FROM migrations");
        while (rows.Step())
        {
            applied.Add(rows.Int64(0), (rows.Text(1), rows.Blob(2).ToArray()));
        }

        return applied;
    }

    private static void Apply(Connection connection, Migration migration, DateTimeOffset now)
    {
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            connection.Execute(migration.Sql);
            connection.Prepare("INSERT INTO migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)")
                .Bind(migration.Number).Bind(migration.Name).Bind(migration.Checksum).Bind(now).Run();
            connection.Execute("COMMIT");
        }
        catch (SqliteFailure)
        {
            if (connection.InTransaction)
            {
                connection.Execute("ROLLBACK");
            }

            throw;
        }
    }
}

/// <summary>One step of a database's schema.</summary>
/// <param name="Name">The file: <c>0001_first.sql</c>.</param>
/// <param name="Sql">Its statements.</param>
internal sealed record Migration(string Name, string Sql)
{
    /// <summary>The digits that the name begins with.</summary>
    public long Number { get; } = long.Parse(Name.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>SHA-256 of the statements.</summary>
    public byte[] Checksum { get; } = SHA256.HashData(Encoding.UTF8.GetBytes(Sql));
}

/// <summary>A database file does not fit this version of the product; the message names the file and the migration.</summary>
/// <param name="message">One line.</param>
public sealed class MigrationException(string message) : Exception(message);
