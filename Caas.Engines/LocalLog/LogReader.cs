using System.Globalization;
using Caas.Domain.Events;
using Microsoft.Data.Sqlite;

namespace Caas.Engines.LocalLog;

/// <summary>
/// Reads batches from the file, one read at a time: SQLite blocks the thread that asks, and a reader that is behind
/// shall not take them all. Every batch is checked.
/// </summary>
internal sealed class LogReader(string path) : IDisposable
{
    private const string Batches =
        """
        SELECT position, body FROM batches
        WHERE position >= coalesce((SELECT max(position) FROM batches WHERE position BETWEEN @first AND @wanted), @wanted)
          AND position < @end
        ORDER BY position
        """;

    private readonly SemaphoreSlim _gate = new(1, 1);

    // Owned by who holds _gate.
    private SqliteConnection? _connection;
    private bool _disposed;

    /// <summary>
    /// The records from an offset to at most the end of the partition: whole batches until <paramref name="maxBytes"/>
    /// is passed. Null where retention took the offset meanwhile. An <see cref="InvalidDataException"/> where the first
    /// batch is not what was written, an <see cref="IOException"/> where the file could not be read.
    /// </summary>
    public async ValueTask<IReadOnlyList<ConsumedRecord>?> ReadAsync(
        PartitionLog partition, long offset, int maxBytes, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Read(partition, offset, maxBytes);
        }
        catch (SqliteException e)
        {
            _connection?.Dispose();
            _connection = null;
            throw new IOException(Place(partition, offset) + " could not be read.", e);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gate.Wait();
        _disposed = true;
        _connection?.Dispose();
        _connection = null;
        _gate.Release();
    }

    private List<ConsumedRecord>? Read(PartitionLog partition, long offset, int maxBytes)
    {
        using var command = (_connection ??= Open()).CreateCommand();
        command.CommandText = Batches;
        command.Parameters.AddWithValue("@first", BatchLayout.Position(partition.Id, 0));
        command.Parameters.AddWithValue("@wanted", BatchLayout.Position(partition.Id, offset));
        command.Parameters.AddWithValue("@end", BatchLayout.Position(partition.Id, partition.End));
        using var rows = command.ExecuteReader();
        var records = new List<ConsumedRecord>();
        var bytes = 0L;
        while (bytes < maxBytes && rows.Read())
        {
            var position = rows.GetInt64(0);
            var body = rows.GetFieldValue<byte[]>(1);
            if (!TryAdd(records, position, body, offset))
            {
                // What comes before the bad batch is served; the next read begins at it and is refused.
                break;
            }

            bytes += body.Length;
        }

        return records.Count > 0 ? records
            : partition.Start > offset ? null
            : throw new InvalidDataException(Place(partition, offset) + " is missing or does not match its checksum.");
    }

    // False where the batch is damaged, or does not go on where the one before it ended.
    private static bool TryAdd(List<ConsumedRecord> records, long position, byte[] body, long offset)
    {
        var expected = records.Count == 0 ? offset : records[^1].Offset + 1;
        var first = BatchLayout.BaseOffset(position);
        if (!BatchLayout.IsIntact(body, position) || first > expected)
        {
            return false;
        }

        ConsumedRecord[] batch;
        try
        {
            batch = BatchLayout.Read(body);
        }
        catch (InvalidDataException)
        {
            return false;
        }

        var skip = expected - first;
        if (skip >= batch.Length)
        {
            return false;
        }

        records.AddRange(batch.AsSpan((int)skip));
        return true;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        connection.Open();
        return connection;
    }

    private static string Place(PartitionLog partition, long offset) =>
        string.Create(CultureInfo.InvariantCulture, $"The batch of {partition.Topic}/{partition.Number} at offset {offset}");
}
