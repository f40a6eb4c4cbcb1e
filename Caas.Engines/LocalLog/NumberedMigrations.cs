using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Caas.Engines.Sqlite.Storage;
using Microsoft.Data.Sqlite;

namespace Caas.Engines.LocalLog;

/// <summary>
/// Brings a file to the newest schema: embedded scripts <c>0001_name.sql</c>, <c>0002_name.sql</c> ..., each in a
/// transaction of its own, each remembered with the SHA-256 of its text. A script that changed after it ran, or a file
/// of a later version of the software, is refused.
/// </summary>
internal static class NumberedMigrations
{
    private const string Ledger =
        """
        CREATE TABLE IF NOT EXISTS migrations (
            number   INTEGER PRIMARY KEY,
            name     TEXT NOT NULL,
            checksum TEXT NOT NULL
        ) STRICT;
        """;

    /// <summary>Runs what has not run yet of the scripts whose resource names begin with <paramref name="prefix"/>.</summary>
    public static void Apply(SqliteConnection connection, string prefix)
    {
        Execute(connection, Ledger);
        var applied = ReadApplied(connection);
        var scripts = ReadScripts(prefix);
        Check(connection.DataSource, applied, scripts);
        foreach (var script in scripts.Where(script => !applied.ContainsKey(script.Number)))
        {
            Run(connection, script);
        }
    }

    /// <summary>How far a file is; an <see cref="InvalidDataException"/> where it is not of this version. Runs nothing.</summary>
    public static SchemaState Read(Connection connection, string path, string prefix)
    {
        var applied = new Dictionary<long, string>();
        if (Migrations.HasLedger(connection))
        {
            var rows = connection.Prepare("SELECT number, checksum FROM migrations");
            while (rows.Step())
            {
                applied.Add(rows.Int64(0), rows.Text(1));
            }
        }

        var scripts = ReadScripts(prefix);
        Check(path, applied, scripts);
        return new SchemaState(applied.Count, scripts.Count);
    }

    private static void Check(string path, Dictionary<long, string> applied, List<Script> scripts)
    {
        if (applied.Keys.Except(scripts.Select(static script => script.Number)).Any())
        {
            throw new InvalidDataException($"{path} was made by a later version of the software.");
        }

        foreach (var script in scripts)
        {
            if (applied.TryGetValue(script.Number, out var checksum) && !string.Equals(checksum, script.Checksum, StringComparison.Ordinal))
            {
                throw new InvalidDataException($"{path}: the script {script.Name} changed after it ran.");
            }
        }
    }

    private static Dictionary<long, string> ReadApplied(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT number, checksum FROM migrations";
        using var reader = command.ExecuteReader();
        var applied = new Dictionary<long, string>();
        while (reader.Read())
        {
            applied.Add(reader.GetInt64(0), reader.GetString(1));
        }

        return applied;
    }

    private static List<Script> ReadScripts(string prefix)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var scripts = new List<Script>();
        foreach (var resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (resource.StartsWith(prefix, StringComparison.Ordinal))
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                scripts.Add(Script.Of(resource[prefix.Length..], reader.ReadToEnd()));
            }
        }

        return scripts;
    }

    private static void Run(SqliteConnection connection, Script script)
    {
        using var transaction = connection.BeginTransaction();
        Execute(connection, script.Text, transaction);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO migrations (number, name, checksum) VALUES (@number, @name, @checksum)";
        command.Parameters.AddWithValue("@number", script.Number);
        command.Parameters.AddWithValue("@name", script.Name);
        command.Parameters.AddWithValue("@checksum", script.Checksum);
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string text, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private sealed record Script(long Number, string Name, string Text, string Checksum)
    {
        public static Script Of(string name, string text) => new(
            long.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture),
            name,
            text,
            Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))));
    }
}
