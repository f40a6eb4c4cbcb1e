using Caas.Tests.Support.MongoWireServer.Query;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>
/// The update description of a change event, from the two documents rather than from the operators: a changed array
/// stands there whole.
/// </summary>
internal static class DocumentDifference
{
    public static BsonDocument Between(BsonDocument old, BsonDocument changed)
    {
        var (updated, removed) = (new BsonDocument(), new BsonArray());
        Compare(old, changed, string.Empty, updated, removed);
        return new BsonDocument
        {
            ["updatedFields"] = updated,
            ["removedFields"] = removed,
            ["truncatedArrays"] = new BsonArray(),
        };
    }

    private static void Compare(
        BsonDocument old, BsonDocument changed, string prefix, BsonDocument updated, BsonArray removed)
    {
        removed.AddRange(old.Names.Where(name => !changed.Contains(name)).Select(name => (BsonValue)(prefix + name)));
        foreach (var element in changed)
        {
            var before = old.GetValue(element.Name, null);
            if (before is BsonDocument oldInner && element.Value is BsonDocument inner)
            {
                Compare(oldInner, inner, prefix + element.Name + ".", updated, removed);
            }
            else if (before is null || before.BsonType != element.Value.BsonType
                || !BsonOrder.Instance.Equals(before, element.Value))
            {
                updated[prefix + element.Name] = element.Value;
            }
        }
    }
}
