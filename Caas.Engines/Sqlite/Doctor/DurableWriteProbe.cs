using System.Globalization;
using Caas.Engines.Doctor;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Doctor;

/// <summary>Writes as the product writes, into a file of its own: whether that works, how durable it is, and what it costs.</summary>
internal static class DurableWriteProbe
{
    private const int Writes = 20;

    // As PRAGMA synchronous numbers it.
    private const long Full = 2;

    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(50);

    public static Finding Run(string root, TimeProvider clock, CancellationToken cancellationToken)
    {
        const string Subject = "durable write";
        const string Wanted = "WAL with synchronous=FULL, below 50 ms";
        var path = Path.Combine(root, $"doctor-{Guid.CreateVersion7(clock.GetUtcNow()):N}.db");
        try
        {
            using var connection = Connection.OpenWriter(path);
            var (journal, synchronous) = (Text(connection, "PRAGMA journal_mode"), Number(connection, "PRAGMA synchronous"));
            if (journal != "wal" || synchronous != Full)
            {
                return Finding.Error(
                    Subject, $"{journal}, synchronous={synchronous}", Wanted, "Put the folder on a file system that knows shared memory and locks.");
            }

            var median = Measure(connection, clock, cancellationToken);
            return Finding.Of(
                median < Slow,
                Subject,
                string.Create(CultureInfo.InvariantCulture, $"wal, FULL, {median.TotalMilliseconds:0.0} ms"),
                Severity.Warning,
                Wanted,
                "Use a faster disk: each answer to a write waits for one of these.");
        }
        catch (Exception failure) when (SqliteFailures.IsStorage(failure))
        {
            return Finding.Error(
                Subject, $"cannot be made ({failure.Message})", Wanted, $"Let this user write to {root}, and see the disk (space, read-only, errors).");
        }
        finally
        {
            Remove(path);
        }
    }

    private static TimeSpan Measure(Connection connection, TimeProvider clock, CancellationToken cancellationToken)
    {
        connection.Execute("CREATE TABLE probe (number INTEGER PRIMARY KEY) STRICT");
        var times = new List<TimeSpan>();
        for (var number = 1L; number <= Writes; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var began = clock.GetTimestamp();
            connection.Prepare("INSERT INTO probe (number) VALUES (?)").Bind(number).Run();
            times.Add(clock.GetElapsedTime(began));
        }

        return times.Order().ElementAt(Writes / 2);
    }

    private static string Text(Connection connection, string sql)
    {
        var row = connection.Prepare(sql);
        var text = row.Step() ? row.Text(0) : string.Empty;
        row.Reset();
        return text;
    }

    private static long Number(Connection connection, string sql)
    {
        var row = connection.Prepare(sql);
        var number = row.Step() ? row.Int64(0) : 0;
        row.Reset();
        return number;
    }

    private static void Remove(string path)
    {
        foreach (var file in new[] { path, path + "-wal", path + "-shm" })
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // A folder that does not let it be removed did not let it be made either.
            }
        }
    }
}
