using Caas.Tests.Support.MongoWireServer.Query;
using Caas.Tests.Support.MongoWireServer.Storage;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>The three writes, as every command that writes uses them.</summary>
internal static class Statements
{
    public static StatementResult Insert(StoreTransaction transaction, DocumentCollection collection, BsonDocument document)
    {
        collection.Insert(transaction, WithId(document));
        return new StatementResult(1);
    }

    public static StatementResult Update(
        StoreTransaction transaction, DocumentCollection collection, UpdateStatement statement)
    {
        var found = collection.Find(transaction, statement.Filter);
        if (statement.Sort is not null)
        {
            found = found.OrderBy(match => match.Document, statement.Sort);
        }

        if (!statement.IsMulti)
        {
            found = found.Take(1);
        }

        var (matched, modified, last) = (0, 0, default(BsonDocument));
        foreach (var (record, old) in found.ToList())
        {
            var changed = statement.Update.Apply(old, transaction.Moment(isInsert: false));
            matched++;
            last = statement.ReturnsNew ? changed : old;
            if (!changed.ToBson().AsSpan().SequenceEqual(old.ToBson()))
            {
                // What is not changed is not written, and so conflicts with nobody.
                collection.Replace(transaction, record, old, changed, statement.Update.IsReplacement);
                modified++;
            }
        }

        return matched == 0 && statement.IsUpsert
            ? Upsert(transaction, collection, statement)
            : new StatementResult(matched, modified, Value: last);
    }

    public static StatementResult Delete(
        StoreTransaction transaction, DocumentCollection? collection, Filter filter, bool isMulti, SortOrder? sort = null)
    {
        var found = collection?.Find(transaction, filter) ?? [];
        found = sort is null ? found : found.OrderBy(match => match.Document, sort);
        var deleted = (isMulti ? found : found.Take(1)).ToList();
        deleted.ForEach(match => collection!.Delete(transaction, match.Record, match.Document));
        return new StatementResult(deleted.Count, Value: deleted.Select(match => match.Document).FirstOrDefault());
    }

    private static StatementResult Upsert(
        StoreTransaction transaction, DocumentCollection collection, UpdateStatement statement)
    {
        var start = new BsonDocument();
        foreach (var (path, value) in statement.Filter.Equalities.Select(element => (element.Name, element.Value)))
        {
            if (!statement.Update.IsReplacement || path == "_id")
            {
                new DocumentPath(path).Set(start, value.DeepClone());
            }
        }

        var made = WithId(statement.Update.Apply(start, transaction.Moment(isInsert: true)));
        collection.Insert(transaction, made);
        return new StatementResult(0, 0, made["_id"], statement.ReturnsNew ? made : null);
    }

    private static BsonDocument WithId(BsonDocument document)
    {
        var id = document.GetValue("_id", null) ?? new BsonObjectId(ObjectId.GenerateNewId());
        if (id is BsonArray or BsonRegularExpression or BsonUndefined)
        {
            throw CommandFailure.BadValue($"The '_id' value cannot be of type {id.BsonType}");
        }

        return document.ElementCount > 0 && document.GetElement(0).Name == "_id"
            ? document
            : new BsonDocument("_id", id).AddRange(document.Where(element => element.Name != "_id"));
    }
}

/// <summary>An update, parsed.</summary>
internal sealed record UpdateStatement(Filter Filter, Update Update, bool IsMulti, bool IsUpsert)
{
    public SortOrder? Sort { get; init; }

    public bool ReturnsNew { get; init; }
}
