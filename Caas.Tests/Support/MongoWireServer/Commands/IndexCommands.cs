using Caas.Tests.Support.MongoWireServer.Storage;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>What makes, lists and drops indexes.</summary>
internal static class IndexCommands
{
    public static BsonDocument Create(CommandCall call)
    {
        var indexes = call.Document["indexes"].AsBsonArray
            .Select(index => new IndexDefinition(index.AsBsonDocument)).ToArray();
        var isNew = call.Existing() is null;
        var collection = CommandCall.Quiet(call.GetOrCreate())!;
        var before = collection.Indexes.Count;
        var added = indexes.Where(index => !IsThere(collection, index)).ToArray();
        call.Run(transaction =>
        {
            Array.ForEach(added, index => collection.Add(transaction, index));
            return added.Length;
        });
        return new BsonDocument
        {
            ["numIndexesBefore"] = before,
            ["numIndexesAfter"] = collection.Indexes.Count,
            ["createdCollectionAutomatically"] = isNew,
        };
    }

    public static BsonDocument Drop(CommandCall call)
    {
        var collection = CommandCall.Quiet(call.Existing()) ?? throw CatalogCommands.NotFound(call);
        var before = collection.Indexes.Count;
        var name = call.Document["index"].AsString;
        var dropped = collection.Indexes.RemoveAll(
            index => index.Name != "_id_" && (name == "*" || index.Name == name));
        if (dropped == 0 && name != "*")
        {
            throw new CommandFailure(MongoErrors.IndexNotFound, $"index not found with name [{name}]");
        }

        return new BsonDocument("nIndexesWas", before);
    }

    public static BsonDocument List(CommandCall call)
    {
        var collection = call.Existing() ?? throw CatalogCommands.NotFound(call);
        return ReadCommands.Whole(call, collection.Indexes.Select(index => index.Specification), collection.Name);
    }

    private static bool IsThere(DocumentCollection collection, IndexDefinition index)
    {
        var sameName = collection.Indexes.Find(other => other.Name == index.Name);
        var sameKey = collection.Indexes.Find(other => other.Key.Equals(index.Key));
        if (sameName is not null && sameName.Specification.Equals(index.Specification))
        {
            return true;
        }

        if (sameName is not null)
        {
            throw new CommandFailure(
                MongoErrors.IndexKeySpecsConflict, $"Another index has the name of the requested one: {index.Name}");
        }

        return sameKey is null ? false : throw new CommandFailure(
            MongoErrors.IndexOptionsConflict, $"Index already exists with a different name: {sameKey.Name}");
    }
}
