using Caas.Tests.Support.MongoWireServer.Query;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>A record under a key; without a record, a bound between positions.</summary>
internal sealed record IndexPosition(BsonArray Key, DocumentRecord? Record)
{
    /// <summary>By key, and by the records' natural order within one.</summary>
    public static IComparer<IndexPosition> Order { get; } = Comparer<IndexPosition>.Create((x, y) =>
        BsonOrder.Instance.Compare(x.Key, y.Key) is not 0 and var order
            ? order
            : (x.Record?.Number ?? 0).CompareTo(y.Record?.Number ?? 0));
}
