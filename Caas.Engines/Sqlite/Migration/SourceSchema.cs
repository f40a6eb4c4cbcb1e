using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Migration;

/// <summary>What schema a file has: it is only read, so it cannot be brought up to date.</summary>
internal static class SourceSchema
{
    private const string HasMigrations = "SELECT count(*) FROM sqlite_schema WHERE name = 'migrations'";
    private const string SelectMigrations = "SELECT name, checksum FROM migrations ORDER BY number";

    /// <summary>Whether the file is being made: nothing that was written to it was answered yet.</summary>
    public static bool IsBeingMade(Connection connection)
    {
        var has = connection.Prepare(HasMigrations);
        has.Step();
        var none = has.Int32(0) == 0;
        has.Reset();
        return none || Applied(connection).Count == 0;
    }

    /// <summary>Whether it is that of this version.</summary>
    public static bool IsPresent(Connection connection, DatabaseName name)
    {
        var known = name.Client is null ? Migrations.Platform : Migrations.Client;
        return known.All.Select(static one => (one.Name, Convert.ToHexString(one.Checksum))).SequenceEqual(Applied(connection));
    }

    private static List<(string Name, string Checksum)> Applied(Connection connection)
    {
        var applied = new List<(string, string)>();
        var row = connection.Prepare(SelectMigrations);
        while (row.Step())
        {
            applied.Add((row.Text(0), Convert.ToHexString(row.Blob(1))));
        }

        return applied;
    }
}
