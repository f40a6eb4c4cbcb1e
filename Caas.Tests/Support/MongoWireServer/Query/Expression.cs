using System.Collections.Frozen;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>A compiled aggregation expression; null stands for «missing».</summary>
internal delegate BsonValue? Evaluate(BsonDocument document);

/// <summary>The aggregation expressions: field paths, literals and the operators of the table.</summary>
internal static class Expression
{
    private static readonly FrozenDictionary<string, Func<BsonValue, Evaluate>> Table =
        new Dictionary<string, Func<BsonValue, Evaluate>>(StringComparer.Ordinal)
        {
            ["$literal"] = operand => _ => operand,
            ["$eq"] = operand => Comparison(operand, order => order == 0),
            ["$ne"] = operand => Comparison(operand, order => order != 0),
            ["$gt"] = operand => Comparison(operand, order => order > 0),
            ["$gte"] = operand => Comparison(operand, order => order >= 0),
            ["$lt"] = operand => Comparison(operand, order => order < 0),
            ["$lte"] = operand => Comparison(operand, order => order <= 0),
            ["$and"] = operand => Many(operand, values => (BsonBoolean)Array.TrueForAll(values, IsTrue)),
            ["$or"] = operand => Many(operand, values => (BsonBoolean)Array.Exists(values, IsTrue)),
            ["$not"] = operand => Many(operand, values => (BsonBoolean)!IsTrue(values[0])),
            ["$add"] = operand => Many(operand, values => values.Aggregate(Numbers.Add)),
            ["$subtract"] = operand => Many(operand, values => Numbers.Subtract(values[0], values[1])),
            ["$max"] = operand => Many(operand, values => Present(values).Max(BsonOrder.Instance) ?? BsonNull.Value),
            ["$min"] = operand => Many(operand, values => Present(values).Min(BsonOrder.Instance) ?? BsonNull.Value),
            ["$ifNull"] = operand => Many(operand, values => Present(values).FirstOrDefault() ?? values[^1]),
            ["$in"] = operand => Many(
                operand, values => (BsonBoolean)values[1]!.AsBsonArray.Contains(values[0]!, BsonOrder.Instance)),
            ["$size"] = operand => Many(operand, values => values[0]!.AsBsonArray.Count),
            ["$cond"] = Condition,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Evaluate Parse(BsonValue expression)
    {
        switch (expression)
        {
            case BsonString { Value: "$$ROOT" }:
                return document => document;
            case BsonString text when text.Value.StartsWith("$$", StringComparison.Ordinal):
                throw CommandFailure.BadValue($"Use of undefined variable: {text.Value}");
            case BsonString text when text.Value.StartsWith('$'):
                var path = new DocumentPath(text.Value[1..]);
                return path.Value;
            case BsonArray array:
                return Many(array, values => new BsonArray(values.Select(value => value ?? BsonNull.Value)));
            case BsonDocument document when FilterOperators.IsOperators(document, out _):
                return Operator(document);
            case BsonDocument document:
                return Fields(document);
            default:
                return _ => expression;
        }
    }

    public static bool IsTrue(BsonValue? value) => value switch
    {
        null or BsonNull or BsonUndefined => false,
        BsonBoolean flag => flag.Value,
        _ when BsonOrder.Rank(value) == 10 => BsonOrder.Instance.Compare(value, 0) != 0,
        _ => true,
    };

    private static Evaluate Operator(BsonDocument document)
    {
        if (document.ElementCount != 1)
        {
            throw CommandFailure.BadValue("An object representing an expression must have exactly one field");
        }

        var (name, operand) = (document.GetElement(0).Name, document.GetElement(0).Value);
        return Table.TryGetValue(name, out var parse)
            ? parse(operand)
            : throw new CommandFailure(MongoErrors.InvalidPipelineOperator, $"Unrecognized expression '{name}'");
    }

    private static Evaluate Fields(BsonDocument document)
    {
        var fields = document.Select(element => (element.Name, Value: Parse(element.Value))).ToArray();
        return root => new BsonDocument(fields
            .Select(field => (field.Name, Value: field.Value(root)))
            .Where(field => field.Value is not null)
            .Select(field => new BsonElement(field.Name, field.Value)));
    }

    private static Evaluate Many(BsonValue operand, Func<BsonValue?[], BsonValue?> combine)
    {
        var parts = (operand is BsonArray array ? array.ToArray() : [operand]).Select(Parse).ToArray();
        return document => combine(Array.ConvertAll(parts, part => part(document)));
    }

    private static Evaluate Comparison(BsonValue operand, Predicate<int> test) => Many(
        operand, values => (BsonBoolean)test(BsonOrder.Instance.Compare(values[0], values[1])));

    private static Evaluate Condition(BsonValue operand)
    {
        var parts = operand is BsonDocument named ? [named["if"], named["then"], named["else"]] : operand.AsBsonArray;
        var (test, then, otherwise) = (Parse(parts[0]), Parse(parts[1]), Parse(parts[2]));
        return document => IsTrue(test(document)) ? then(document) : otherwise(document);
    }

    private static IEnumerable<BsonValue> Present(BsonValue?[] values) =>
        values.OfType<BsonValue>().Where(value => !value.IsBsonNull);
}
