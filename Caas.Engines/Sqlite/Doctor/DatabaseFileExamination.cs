using System.Globalization;
using Caas.Engines.Doctor;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Doctor;

/// <summary>Looks at a file of SQLite, beside whoever writes to it: its journal, its schema, its pages.</summary>
/// <param name="readSchema">How far the schema is; an exception where it is not of this version.</param>
internal sealed class DatabaseFileExamination(Func<Connection, string, SchemaState> readSchema)
{
    // Read in a second or two; a check of more keeps the write-ahead log from being emptied for as long as it lasts.
    private const long Small = 256L * 1024 * 1024;

    private const string Repair = "Stop the server and restore the last backup (docs/operations.md); keep the file for whoever looks into it.";

    /// <summary>What is wrong with a file, or one finding that nothing is; nothing where there is no file.</summary>
    public IReadOnlyList<Finding> Find(string path, Examination examination, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var name = Path.GetFileName(path);
        try
        {
            using var connection = Connection.OpenSource(path);
            using var interruption = cancellationToken.UnsafeRegister(static one => ((Connection)one!).Interrupt(), connection);
            var schema = readSchema(connection, path);
            var pages = Pages(connection, path, examination);
            var faults = new[]
            {
                Finding.Of(
                    Word(connection, "PRAGMA journal_mode") == "wal", name, "without a write-ahead log", Severity.Error, "WAL",
                    "Start the server on it: it sets what is durable. Let nothing else open the file."),
                Finding.Of(
                    schema.Applied == schema.Known, name, $"schema {schema.Applied}", Severity.Warning, $"{schema.Known}",
                    "Start this version: it brings a file up to date when it opens it. Make a backup before."),
                Finding.Of(pages is null or "ok", name, pages ?? string.Empty, Severity.Error, "a sound file", Repair),
            }.Where(static finding => finding.Severity is not Severity.Ok).ToList();
            return faults.Count > 0 ? faults : [Finding.Ok(name, Told(schema, pages))];
        }
        catch (Exception failure) when (failure is MigrationException or InvalidDataException)
        {
            return [Finding.Error(name, failure.Message, "a file of this version", "Use the version of the software that wrote it, or a newer one.")];
        }
        catch (SqliteFailure failure) when (!cancellationToken.IsCancellationRequested)
        {
            return [Finding.Error(name, failure.Message, "a file that can be read", Repair)];
        }
        catch (SqliteFailure)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private static string Told(SchemaState schema, string? pages) => string.Create(
        CultureInfo.InvariantCulture,
        $"wal, schema {schema.Applied}, {(pages is null ? "too large to be checked by the way: --deep" : "sound")}");

    // Null where they are not looked at.
    private static string? Pages(Connection connection, string path, Examination examination) =>
        examination.IsDeep ? Word(connection, "PRAGMA integrity_check(1)")
        : new FileInfo(path).Length <= Small ? Word(connection, "PRAGMA quick_check(1)")
        : null;

    private static string Word(Connection connection, string sql)
    {
        var row = connection.Prepare(sql);
        var word = row.Step() ? row.Text(0) : "no answer";
        row.Reset();
        return word;
    }
}
