using System.Collections.Frozen;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary><c>$group</c> with the accumulators of the table.</summary>
internal static class Grouping
{
    private static readonly FrozenDictionary<string, Func<IEnumerable<BsonValue?>, BsonValue>> Accumulators =
        new Dictionary<string, Func<IEnumerable<BsonValue?>, BsonValue>>(StringComparer.Ordinal)
        {
            ["$sum"] = Sum,
            ["$max"] = values => Present(values).Max(BsonOrder.Instance) ?? BsonNull.Value,
            ["$min"] = values => Present(values).Min(BsonOrder.Instance) ?? BsonNull.Value,
            ["$first"] = values => values.FirstOrDefault() ?? BsonNull.Value,
            ["$last"] = values => values.LastOrDefault() ?? BsonNull.Value,
            ["$push"] = values => new BsonArray(values.OfType<BsonValue>()),
            ["$addToSet"] = values => new BsonArray(values.OfType<BsonValue>().Distinct(BsonOrder.Instance)),
            ["$count"] = values => values.Count(),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static RunStage Parse(BsonDocument specification)
    {
        var key = Expression.Parse(specification["_id"]);
        var fields = specification.Where(field => field.Name != "_id").Select(Field).ToArray();
        return documents => documents
            .GroupBy(document => key(document) ?? BsonNull.Value, BsonOrder.Instance)
            .Select(group => new BsonDocument("_id", group.Key).AddRange(
                fields.Select(field => new BsonElement(field.Name, field.Value(group)))));
    }

    private static (string Name, Func<IEnumerable<BsonDocument>, BsonValue> Value) Field(BsonElement field)
    {
        var (name, operand) = field.Value.AsBsonDocument.Select(part => (part.Name, part.Value)).Single();
        if (!Accumulators.TryGetValue(name, out var accumulate))
        {
            throw CommandFailure.BadValue($"unknown group operator '{name}'");
        }

        // $count takes an empty document, which counts whatever it is given.
        var value = Expression.Parse(operand);
        return (field.Name, group => accumulate(group.Select(document => value(document))));
    }

    private static BsonValue Sum(IEnumerable<BsonValue?> values) => values
        .Where(value => value?.IsNumeric == true)
        .Aggregate((BsonValue)0, (sum, next) => Numbers.Add(sum, next)!);

    private static IEnumerable<BsonValue> Present(IEnumerable<BsonValue?> values) =>
        values.OfType<BsonValue>().Where(value => !value.IsBsonNull);
}
