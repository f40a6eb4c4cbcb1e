namespace Caas.Engines.LocalLog;

/// <summary>Something that a caller waits for until it is durable.</summary>
internal abstract class WriteRequest
{
    // The caller goes on in a thread of its own, never in the writer's.
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes after the flush, or fails.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _done.Task.WaitAsync(cancellationToken);

    /// <summary>What it adds to a group's size.</summary>
    public virtual long Bytes => 0;

    /// <summary>Writer's thread, in a transaction; again after an undone one.</summary>
    public abstract void Write(LogFile file);

    /// <summary>Writer's thread, after the flush: lets readers see it.</summary>
    public abstract void Publish(LogFile file);

    /// <summary>Writer's thread, after an undone transaction.</summary>
    public abstract void Rewind();

    /// <summary>Answers the caller.</summary>
    public void Complete() => _done.TrySetResult();

    /// <summary>Answers the caller with an error.</summary>
    public void Fail(Exception error) => _done.TrySetException(error);
}

/// <summary>Records to append.</summary>
internal sealed class AppendRequest(TopicLog topic, List<PendingBatch> batches, TimeProvider clock) : WriteRequest
{
    public override long Bytes => batches.Sum(static batch => (long)batch.Body.Length);

    public override void Write(LogFile file)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var batch in batches)
        {
            file.Append(batch, now);
        }
    }

    public override void Publish(LogFile file)
    {
        foreach (var batch in batches)
        {
            batch.Partition.Publish(batch);
        }

        foreach (var batch in batches)
        {
            topic.Notify(batch.Partition.Number);
        }
    }

    public override void Rewind()
    {
        foreach (var batch in batches)
        {
            batch.Partition.Rewind();
        }
    }
}

/// <summary>A topic to open, made where there is none.</summary>
internal sealed class TopicRequest(LogCatalogue catalogue, string topic) : WriteRequest
{
    public override void Write(LogFile file)
    {
        if (catalogue.Find(topic) is null)
        {
            catalogue.Create(file, topic);
        }
    }

    public override void Publish(LogFile file)
    {
        if (catalogue.Find(topic) is null)
        {
            catalogue.Load(file, topic);
        }
    }

    public override void Rewind()
    {
    }
}

/// <summary>Nothing of its own: the offsets that every transaction takes along.</summary>
internal sealed class OffsetsRequest : WriteRequest
{
    public override void Write(LogFile file)
    {
    }

    public override void Publish(LogFile file)
    {
    }

    public override void Rewind()
    {
    }
}

/// <summary>
/// Whether the writer's thread and its file still answer. Reads, so that nobody pays a flush for being asked; after a
/// failed write it writes a row that names no partition, so that the engine is found to be back where nobody writes.
/// </summary>
internal sealed class ProbeRequest(bool writes) : WriteRequest
{
    private const string Look = "SELECT count(*) FROM topics";

    private const string Touch = """
        INSERT INTO group_offsets (partition_id, group_name, next_offset) VALUES (0, 'probe', 1)
        ON CONFLICT (partition_id, group_name) DO UPDATE SET next_offset = next_offset + 1
        """;

    public override void Write(LogFile file)
    {
        using var statement = file.Statement(writes ? Touch : Look);
        statement.ExecuteScalar();
    }

    public override void Publish(LogFile file)
    {
    }

    public override void Rewind()
    {
    }
}
