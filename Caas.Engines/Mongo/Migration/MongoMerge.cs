using Caas.Engines.Migration;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Migration;

/// <summary>One page of rows against what a collection has of them.</summary>
/// <param name="table">The table of the rows.</param>
/// <param name="collection">Their collection.</param>
/// <param name="rows">All rows of the range.</param>
internal sealed class MongoMerge(MovedTable table, MovedCollection collection, IReadOnlyList<MovedRow> rows)
{
    private readonly Dictionary<string, (MovedRow Row, BsonDocument Document)> _expected = rows.ToDictionary(
        static row => MovedValue.Join(row.Key), row => (row, collection.Write(row)), StringComparer.Ordinal);

    private readonly List<(BsonValue Key, string Name)> _strange = [];

    /// <summary>Takes a part of what is there.</summary>
    public void See(IEnumerable<BsonDocument> documents)
    {
        foreach (var document in documents)
        {
            var key = collection.Key.Read(document);

            // One in the place of another has to go before that comes.
            if (!_expected.TryGetValue(MovedValue.Join(key), out var same) || document[Bson.Key] != same.Document[Bson.Key])
            {
                _strange.Add((document[Bson.Key], MovedRow.NameOf(table, key)));
            }
            else if (document == same.Document)
            {
                _expected.Remove(MovedValue.Join(key));
            }
        }
    }

    /// <summary>All of it was seen: what was not is missing.</summary>
    public MergeFound Finish() => new(_strange, [.. _expected.Values.Select(static one => (one.Document, one.Row.Name))]);
}

/// <summary>What a page found.</summary>
/// <param name="Strange">The documents that are too much.</param>
/// <param name="Missing">The documents that are not there, or not so.</param>
internal sealed record MergeFound(
    IReadOnlyList<(BsonValue Key, string Name)> Strange, IReadOnlyList<(BsonDocument Document, string Name)> Missing)
{
    public bool IsSame => Strange.Count == 0 && Missing.Count == 0;

    public IReadOnlyList<string> Names =>
        [.. Strange.Select(static one => one.Name).Concat(Missing.Select(static one => one.Name)).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// What makes the range that of the rows. First goes what is too much, whose unique values another may have now.
    /// </summary>
    public IReadOnlyList<BulkWriteModel> Models(CollectionNamespace at)
    {
        var models = new List<BulkWriteModel>();
        foreach (var (key, _) in Strange)
        {
            models.Add(new BulkWriteDeleteOneModel<BsonDocument>(at, Match.ByKey(key)));
        }

        foreach (var (document, _) in Missing)
        {
            // Two people may have deleted their conversation and made a new one: the old one's row comes later.
            if (at.CollectionName == MongoCollections.Conversations && document.TextOrNull("direct") is { } pair)
            {
                models.Add(new BulkWriteUpdateManyModel<BsonDocument>(
                    at, new BsonDocument("direct", pair), new BsonDocument("$unset", new BsonDocument("direct", string.Empty))));
            }

            models.Add(new BulkWriteReplaceOneModel<BsonDocument>(
                at, Match.ByKey(document[Bson.Key]), document, collation: null, hint: null, isUpsert: true));
        }

        return models;
    }
}
