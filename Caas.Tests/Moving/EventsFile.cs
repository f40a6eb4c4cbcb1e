using Caas.Domain.Events;
using Caas.Engines.LocalLog;
using Microsoft.Data.Sqlite;

namespace Caas.Tests.Moving;

/// <summary>An event stream's file as a product leaves it whose consumers were not done.</summary>
internal static class EventsFile
{
    /// <summary>Makes one with ten records in one partition, and a group that lacks some of them.</summary>
    public static void MakeBacklog(string folder, string behind, int records)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "caas_events.db")};Pooling=False");
        connection.Open();
        using var reader = new StreamReader(
            typeof(LocalLogOptions).Assembly.GetManifestResourceStream("Caas.Engines.LocalLog.Migrations.0001_log.sql")!);
        Run(connection, reader.ReadToEnd());
        Run(connection, $"INSERT INTO topics VALUES (1, '{Topics.Events}', 1); INSERT INTO partitions VALUES (5, 1, 0, 0)");
        Run(connection, "INSERT INTO batches (position, record_count, appended_at, end_bytes, body) VALUES ((5 << 40) | 4, 6, 1, 1, x'00')");
        foreach (var group in (string[])[ConsumerGroups.Delivery, ConsumerGroups.Erasure, ConsumerGroups.NewClients])
        {
            Run(connection, $"INSERT INTO group_offsets VALUES (5, '{group}', {(group == behind ? 10 - records : 10)})");
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
