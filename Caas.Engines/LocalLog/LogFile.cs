using Caas.Engines.Sqlite.Storage;
using Caas.Engines.Sqlite.Vfs;
using Microsoft.Data.Sqlite;

namespace Caas.Engines.LocalLog;

/// <summary>
/// The writer's connection to <c>caas_events.db</c>, with its prepared statements. Used by the writer's thread alone.
/// WAL with <c>synchronous=FULL</c>: when <see cref="Commit"/> returns, the transaction survives a power cut.
/// </summary>
internal sealed class LogFile : IDisposable
{
    /// <summary>What the names of its migrations begin with.</summary>
    public const string Scripts = "Caas.Engines.LocalLog.Migrations.";

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _saveOffset;

    private LogFile(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insert = Prepare(
            """
            INSERT INTO batches (position, record_count, appended_at, end_bytes, body)
            VALUES (@position, @record_count, @appended_at, @end_bytes, @body)
            """,
            "@position", "@record_count", "@appended_at", "@end_bytes", "@body");
        _saveOffset = Prepare(
            """
            INSERT INTO group_offsets (partition_id, group_name, next_offset)
            VALUES (@partition_id, @group_name, @next_offset)
            ON CONFLICT (partition_id, group_name) DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)
            """,
            "@partition_id", "@group_name", "@next_offset");
    }

    /// <summary>Opens the file, made where there is none, and brings it to the newest schema.</summary>
    public static LogFile Open(string path, Action<SqliteConnection>? opened)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = 5,
            Vfs = WalVfs.Name,
        }.ToString());
        try
        {
            WalVfs.Ensure();
            connection.Open();
            if (Version.Parse(connection.ServerVersion) < Connection.OldestLibrary)
            {
                throw new NotSupportedException($"SQLite {connection.ServerVersion} is older than {Connection.OldestLibrary}.");
            }

            using (var pragmas = connection.CreateCommand())
            {
                // A long WAL makes checkpoints rare; the limit gives the space back after a burst.
                pragmas.CommandText =
                    """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 4000;
                    PRAGMA journal_size_limit = 67108864;
                    """;
                pragmas.ExecuteNonQuery();
            }

            NumberedMigrations.Apply(connection, Scripts);
            opened?.Invoke(connection);
            return new LogFile(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Begins a transaction.</summary>
    public void Begin() => _begin.ExecuteNonQuery();

    /// <summary>Ends it; on an exception it is unknown whether it is in the file.</summary>
    public void Commit() => _commit.ExecuteNonQuery();

    /// <summary>Undoes it.</summary>
    public void Rollback() => _rollback.ExecuteNonQuery();

    /// <summary>Writes one batch at the end of its partition.</summary>
    public void Append(PendingBatch batch, long appendedAt)
    {
        var partition = batch.Partition;
        var position = BatchLayout.Position(partition.Id, partition.WriterOffset);
        BatchLayout.Stamp(batch.Body, position, appendedAt);
        _insert.Parameters[0].Value = position;
        _insert.Parameters[1].Value = batch.Count;
        _insert.Parameters[2].Value = appendedAt;
        _insert.Parameters[3].Value = partition.WriterBytes + batch.Body.Length;
        _insert.Parameters[4].Value = batch.Body;
        _insert.ExecuteNonQuery();
        batch.BaseOffset = partition.WriterOffset;
        partition.WriterOffset += batch.Count;
        partition.WriterBytes += batch.Body.Length;
    }

    /// <summary>Writes the offset at which a group goes on; never goes back.</summary>
    public void SaveOffset(OffsetKey key, long nextOffset)
    {
        _saveOffset.Parameters[0].Value = key.PartitionId;
        _saveOffset.Parameters[1].Value = key.Group;
        _saveOffset.Parameters[2].Value = nextOffset;
        _saveOffset.ExecuteNonQuery();
    }

    /// <summary>A statement of another kind, for what is rare.</summary>
    public SqliteCommand Statement(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _insert.Dispose();
        _saveOffset.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Prepare(string text, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }
}
