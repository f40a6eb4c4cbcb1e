using System.Collections.Frozen;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>One compiled stage of a pipeline.</summary>
internal delegate IEnumerable<BsonDocument> RunStage(IEnumerable<BsonDocument> documents);

/// <summary>The stages that need nothing but their input; the table below is all that this server knows.</summary>
internal static class Stage
{
    private static readonly FrozenDictionary<string, Func<BsonElement, RunStage>> Table =
        new Dictionary<string, Func<BsonElement, RunStage>>(StringComparer.Ordinal)
        {
            ["$match"] = Match,
            ["$sort"] = Sort,
            ["$limit"] = stage => documents => documents.Take(stage.Value.ToInt32()),
            ["$skip"] = stage => documents => documents.Skip(stage.Value.ToInt32()),
            ["$project"] = stage => Each(Projection.Parse(stage.Value.AsBsonDocument).Apply),
            ["$set"] = stage => Each(Reshape(stage)),
            ["$addFields"] = stage => Each(Reshape(stage)),
            ["$unset"] = stage => Each(Reshape(stage)),
            ["$group"] = stage => Grouping.Parse(stage.Value.AsBsonDocument),
            ["$count"] = Count,
            ["$unwind"] = Unwind,
            ["$replaceRoot"] = stage => Each(Root(stage.Value["newRoot"])),
            ["$replaceWith"] = stage => Each(Root(stage.Value)),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static RunStage Parse(BsonElement stage) => Table.TryGetValue(stage.Name, out var parse)
        ? parse(stage)
        : throw new CommandFailure(MongoErrors.UnrecognizedStage, $"Unrecognized pipeline stage name: '{stage.Name}'");

    /// <summary>A <c>$set</c>, <c>$addFields</c> or <c>$unset</c>.</summary>
    public static Func<BsonDocument, BsonDocument> Reshape(BsonElement stage)
    {
        if (stage.Name == "$unset")
        {
            var names = stage.Value is BsonArray several ? several.ToArray() : [stage.Value];
            var paths = names.Select(name => new DocumentPath(name.AsString)).ToArray();
            return document => Changed(document, copy => Array.ForEach(paths, path => path.Unset(copy)));
        }

        var fields = stage.Value.AsBsonDocument
            .Select(field => (Path: new DocumentPath(field.Name), Value: Expression.Parse(field.Value))).ToArray();
        return document => Changed(document, copy =>
        {
            foreach (var (path, value) in fields)
            {
                if (value(document) is { } computed)
                {
                    path.Set(copy, computed.DeepClone());
                }
            }
        });
    }

    private static RunStage Match(BsonElement stage)
    {
        var filter = Filter.Parse(stage.Value.AsBsonDocument);
        return documents => documents.Where(filter.Matches);
    }

    private static RunStage Sort(BsonElement stage)
    {
        var order = SortOrder.Parse(stage.Value.AsBsonDocument);
        return documents => documents.Order(order);
    }

    private static RunStage Count(BsonElement stage) => documents =>
        documents.Count() is > 0 and var count ? [new BsonDocument(stage.Value.AsString, count)] : [];

    private static RunStage Unwind(BsonElement stage)
    {
        if (stage.Value is not BsonString text)
        {
            throw CommandFailure.BadValue("This server knows $unwind with a path only");
        }

        var path = new DocumentPath(text.Value.TrimStart('$'));
        return documents => documents.SelectMany(document => path.Target(document) switch
        {
            null or BsonNull => [],
            BsonArray array => array.Select(element => Changed(document, copy => path.Set(copy, element))),
            _ => [document],
        });
    }

    private static Func<BsonDocument, BsonDocument> Root(BsonValue expression)
    {
        var root = Expression.Parse(expression);
        return document => root(document) as BsonDocument
            ?? throw CommandFailure.BadValue("The new root of a document must be a document");
    }

    private static RunStage Each(Func<BsonDocument, BsonDocument> change) => documents => documents.Select(change);

    private static BsonDocument Changed(BsonDocument document, Action<BsonDocument> change)
    {
        var copy = document.DeepClone().AsBsonDocument;
        change(copy);
        return copy;
    }
}
