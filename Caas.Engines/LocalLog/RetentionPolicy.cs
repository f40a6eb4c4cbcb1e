namespace Caas.Engines.LocalLog;

/// <summary>
/// Drops the oldest batches of partitions that are too old or too many, a few rows a step, so that appends never wait
/// long. Used by the writer's thread.
/// </summary>
internal sealed class RetentionPolicy(LocalLogOptions options, LogCatalogue catalogue, TimeProvider clock)
{
    private const int BatchesPerStep = 16;

    /// <summary>Drops what one step may drop; null where nothing is left to drop.</summary>
    public RetentionStep? Step(LogFile file)
    {
        foreach (var partition in catalogue.Topics.SelectMany(static topic => topic.Partitions))
        {
            if (partition.Start < partition.End && Find(file, partition) is { } step)
            {
                Drop(file, step);
                partition.AdvanceStart(step.NewStart);
                return step;
            }
        }

        return null;
    }

    private RetentionStep? Find(LogFile file, PartitionLog partition)
    {
        using var command = file.Statement(
            """
            SELECT base_offset + record_count, appended_at, end_bytes - length(body) FROM batches
            WHERE position BETWEEN @first AND @last ORDER BY position LIMIT @limit
            """,
            ("@first", BatchLayout.Position(partition.Id, 0)),
            ("@last", BatchLayout.Position(partition.Id + 1, 0) - 1),
            ("@limit", BatchesPerStep));
        using var rows = command.ExecuteReader();
        var cutoff = (clock.GetUtcNow() - options.Retention).ToUnixTimeMilliseconds();
        var dropped = 0;
        var start = 0L;
        while (rows.Read()
            && (rows.GetInt64(1) < cutoff || partition.FlushedBytes - rows.GetInt64(2) > options.MaxPartitionBytes))
        {
            dropped++;
            start = rows.GetInt64(0);
        }

        return dropped == 0 ? null : new RetentionStep(partition, dropped, start);
    }

    // The start moves in the same transaction: a partition without batches still knows where it goes on.
    private static void Drop(LogFile file, RetentionStep step)
    {
        var (partition, _, start) = step;
        file.Begin();
        using var delete = file.Statement(
            "DELETE FROM batches WHERE position >= @first AND position < @start",
            ("@first", BatchLayout.Position(partition.Id, 0)),
            ("@start", BatchLayout.Position(partition.Id, start)));
        delete.ExecuteNonQuery();
        using var update = file.Statement(
            "UPDATE partitions SET start_offset = @start WHERE partition_id = @id", ("@start", start), ("@id", partition.Id));
        update.ExecuteNonQuery();
        file.Commit();
    }
}

/// <summary>What a step dropped.</summary>
internal sealed record RetentionStep(PartitionLog Partition, int Batches, long NewStart);
