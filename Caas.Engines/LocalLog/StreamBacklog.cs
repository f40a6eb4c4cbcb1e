using Caas.Domain.Events;
using Microsoft.Data.Sqlite;

namespace Caas.Engines.LocalLog;

/// <summary>
/// What the consumer groups of a folder have still to handle, as another process than the product's sees it in the file. A
/// group's place is written within a second of what it did.
/// </summary>
internal static class StreamBacklog
{
    // What a group that never said where it is has to handle is all of its topic.
    private const string CountWaiting = """
        SELECT coalesce(sum(max(0, ends.next - max(p.start_offset, coalesce(g.next_offset, 0)))), 0)
        FROM topics t
        JOIN partitions p ON p.topic_id = t.topic_id
        JOIN (
            SELECT partition_id, coalesce(
                (SELECT base_offset + record_count FROM batches
                 WHERE position BETWEEN partition_id << 40 AND (partition_id << 40) | 0xFFFFFFFFFF ORDER BY position DESC LIMIT 1),
                start_offset) AS next
            FROM partitions
        ) ends ON ends.partition_id = p.partition_id
        LEFT JOIN group_offsets g ON g.partition_id = p.partition_id AND g.group_name = $group
        WHERE t.name = $topic
        """;

    private static readonly (string Topic, string Group)[] Groups =
    [
        (Topics.Events, ConsumerGroups.Delivery),
        (Topics.Events, ConsumerGroups.Erasure),
        (Topics.Events, ConsumerGroups.NewClients),
        (Topics.Notifications, ConsumerGroups.Notifications),
        (Topics.DeadLetters, ConsumerGroups.DeadLetters),
        (Topics.DeadLetters, ConsumerGroups.Replays),
    ];

    /// <summary>The groups that are behind, and by how many records; empty where all is handled, or there is no stream yet.</summary>
    public static IReadOnlyList<(string Group, long Records)> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        connection.Open();
        return [.. Groups.Select(one => (one.Group, Count(connection, one.Topic, one.Group))).Where(static one => one.Item2 > 0)];
    }

    private static long Count(SqliteConnection connection, string topic, string group)
    {
        using var command = connection.CreateCommand();
        command.CommandText = CountWaiting;
        command.Parameters.AddWithValue("$topic", topic);
        command.Parameters.AddWithValue("$group", group);
        return (long)command.ExecuteScalar()!;
    }
}
