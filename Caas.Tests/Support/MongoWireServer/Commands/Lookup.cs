using Caas.Tests.Support.MongoWireServer.Query;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary><c>$lookup</c> by equality of two fields.</summary>
internal static class Lookup
{
    public static RunStage Parse(CommandCall call, BsonElement stage)
    {
        var fields = WriteBatch.Fields(stage.Value.AsBsonDocument, "$lookup", "from", "localField", "foreignField", "as");
        var collection = call.Store.Find(call.Database, fields["from"].AsString);
        var (local, foreign) = (new DocumentPath(fields["localField"].AsString), fields["foreignField"].AsString);
        var target = new DocumentPath(fields["as"].AsString);
        return documents => documents.Select(document =>
        {
            var values = local.Leaves(document)
                .SelectMany(leaf => leaf is BsonArray array ? array : [leaf ?? BsonNull.Value]);
            var filter = Filter.Parse(new BsonDocument(foreign, new BsonDocument("$in", new BsonArray(values))));
            var found = collection is null ? [] : call.Run(
                transaction => collection.Find(transaction, filter).Select(match => match.Document).ToArray());
            var copy = document.DeepClone().AsBsonDocument;
            target.Set(copy, new BsonArray(found));
            return copy;
        });
    }
}
