using System.Collections.Concurrent;

namespace Caas.Engines.LocalLog;

/// <summary>The topics, their partitions and their groups: in memory what the file says. Written by the writer's thread.</summary>
internal sealed class LogCatalogue(LocalLogOptions options, Func<TopicLog, string, ConsumerGroup> makeGroup)
{
    private readonly ConcurrentDictionary<string, TopicLog> _topics = new(StringComparer.Ordinal);

    /// <summary>Every topic that was used.</summary>
    public IEnumerable<TopicLog> Topics => _topics.Values;

    /// <summary>The topic; null where it was not opened yet.</summary>
    public TopicLog? Find(string topic) => _topics.GetValueOrDefault(topic);

    /// <summary>Writer's thread: brings memory to what the file says, after it was opened or opened anew.</summary>
    public void Load(LogFile file)
    {
        using var command = file.Statement("SELECT name FROM topics ORDER BY topic_id");
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        names.ForEach(name => Load(file, name));
    }

    /// <summary>Writer's thread: the same for one topic.</summary>
    public void Load(LogFile file, string name)
    {
        var topic = _topics.GetValueOrDefault(name) ?? new TopicLog(name, ReadPartitions(file, name), makeGroup);
        foreach (var partition in topic.Partitions)
        {
            LoadEnds(file, partition);
            LoadOffsets(file, topic, partition);
        }

        _topics.TryAdd(name, topic);
        foreach (var partition in topic.Partitions)
        {
            topic.Notify(partition.Number);
        }
    }

    /// <summary>Writer's thread, in a transaction: makes the topic where there is none.</summary>
    public void Create(LogFile file, string name)
    {
        using var topic = file.Statement(
            "INSERT INTO topics (name, partitions) VALUES (@name, @partitions) ON CONFLICT DO NOTHING",
            ("@name", name),
            ("@partitions", options.Partitions));
        if (topic.ExecuteNonQuery() == 0)
        {
            return;
        }

        for (var number = 0; number < options.Partitions; number++)
        {
            using var partition = file.Statement(
                "INSERT INTO partitions (topic_id, number) SELECT topic_id, @number FROM topics WHERE name = @name",
                ("@number", number),
                ("@name", name));
            partition.ExecuteNonQuery();
        }
    }

    private List<PartitionLog> ReadPartitions(LogFile file, string name)
    {
        using var command = file.Statement(
            "SELECT number, partition_id FROM partitions JOIN topics USING (topic_id) WHERE name = @name ORDER BY number",
            ("@name", name));
        using var reader = command.ExecuteReader();
        var partitions = new List<PartitionLog>();
        while (reader.Read())
        {
            partitions.Add(new PartitionLog(name, reader.GetInt32(0), reader.GetInt64(1), options.TailBytes));
        }

        return partitions;
    }

    private static void LoadEnds(LogFile file, PartitionLog partition)
    {
        using var command = file.Statement(
            """
            SELECT start_offset,
                   (SELECT max(position) FROM batches WHERE position BETWEEN @first AND @last)
            FROM partitions WHERE partition_id = @id
            """,
            ("@first", BatchLayout.Position(partition.Id, 0)),
            ("@last", BatchLayout.Position(partition.Id + 1, 0) - 1),
            ("@id", partition.Id));
        using var reader = command.ExecuteReader();
        reader.Read();
        var start = reader.GetInt64(0);
        if (reader.IsDBNull(1))
        {
            partition.Load(start, start, 0);
            return;
        }

        using var newest = file.Statement(
            "SELECT base_offset + record_count, end_bytes FROM batches WHERE position = @position",
            ("@position", reader.GetInt64(1)));
        using var row = newest.ExecuteReader();
        row.Read();
        partition.Load(start, row.GetInt64(0), row.GetInt64(1));
    }

    private static void LoadOffsets(LogFile file, TopicLog topic, PartitionLog partition)
    {
        using var command = file.Statement(
            "SELECT group_name, next_offset FROM group_offsets WHERE partition_id = @id", ("@id", partition.Id));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            topic.Group(reader.GetString(0)).Load(partition.Number, reader.GetInt64(1));
        }
    }
}
