using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>What is left of an answer; guarded by the store's lock.</summary>
internal abstract class ServerCursor
{
    public long Id { get; set; }

    public string Namespace { get; set; } = string.Empty;

    public abstract bool IsDone { get; }

    /// <summary>Where a change stream goes on after this batch; null for any other cursor.</summary>
    public virtual BsonDocument? ResumeToken => null;

    public abstract IReadOnlyList<BsonDocument> Next(CommandCall call, int size, bool isFirst);
}

/// <summary>A result that was read whole when the cursor was opened.</summary>
internal sealed class ResultCursor(List<BsonDocument> documents) : ServerCursor
{
    private int _next;

    public override bool IsDone => _next >= documents.Count;

    public override IReadOnlyList<BsonDocument> Next(CommandCall call, int size, bool isFirst)
    {
        var count = Math.Min(size == 0 && !isFirst ? int.MaxValue : size, documents.Count - _next);
        _next += count;
        return documents.GetRange(_next - count, count);
    }
}
