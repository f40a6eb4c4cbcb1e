using System.Collections.Frozen;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>One operator at one path of an update.</summary>
internal sealed record UpdateStep(DocumentPath Path, Action<BsonDocument, UpdateMoment> Apply);

/// <summary>The update operators: the table below is all that this server knows.</summary>
internal static class UpdateOperators
{
    private delegate BsonValue? Change(BsonValue? current, BsonValue operand, UpdateMoment moment);

    // A change gets the value at the path (null: missing) and gives the new one (null: leave as it is).
    private static readonly FrozenDictionary<string, Change> Table = new Dictionary<string, Change>(StringComparer.Ordinal)
    {
        ["$set"] = (_, operand, _) => operand,
        ["$setOnInsert"] = (_, operand, moment) => moment.IsInsert ? operand : null,
        ["$inc"] = Increment,
        ["$max"] = (current, operand, _) => current is null || Compare(operand, current) > 0 ? operand : null,
        ["$min"] = (current, operand, _) => current is null || Compare(operand, current) < 0 ? operand : null,
        ["$push"] = Push,
        ["$pull"] = Pull,
        ["$addToSet"] = AddToSet,
        ["$currentDate"] = CurrentDate,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<UpdateStep> Parse(BsonElement element)
    {
        var isUnset = element.Name == "$unset";
        if (!Table.TryGetValue(element.Name, out var change) && !isUnset)
        {
            throw new CommandFailure(MongoErrors.FailedToParse, $"Unknown modifier: {element.Name}");
        }

        foreach (var (name, operand) in element.Value.AsBsonDocument.Select(field => (field.Name, field.Value)))
        {
            var path = new DocumentPath(name);
            yield return isUnset
                ? new UpdateStep(path, (document, _) => path.Unset(document))
                : new UpdateStep(path, (document, moment) => Apply(document, path, change!, operand, moment));
        }
    }

    private static void Apply(
        BsonDocument document, DocumentPath path, Change change, BsonValue operand, UpdateMoment moment)
    {
        if (change(path.Target(document), operand, moment) is { } value)
        {
            path.Set(document, value.DeepClone());
        }
    }

    private static int Compare(BsonValue x, BsonValue y) => BsonOrder.Instance.Compare(x, y);

    private static BsonValue? Increment(BsonValue? current, BsonValue operand, UpdateMoment moment) =>
        !operand.IsNumeric || current is { IsNumeric: false }
            ? throw new CommandFailure(MongoErrors.TypeMismatch, $"Cannot apply $inc with {operand} to {current}")
            : current is null ? operand : Numbers.Add(current, operand);

    private static BsonArray Push(BsonValue? current, BsonValue operand, UpdateMoment moment)
    {
        var array = Array(current, "$push");
        if (!FilterOperators.IsOperators(operand, out var modifiers))
        {
            array.Add(operand);
            return array;
        }

        Demand(modifiers, "$push", "$each", "$slice");
        array.AddRange(modifiers["$each"].AsBsonArray);
        if (modifiers.TryGetValue("$slice", out var slice))
        {
            var count = slice.ToInt32();
            return [.. count < 0 ? array.TakeLast(-count) : array.Take(count)];
        }

        return array;
    }

    private static BsonArray? Pull(BsonValue? current, BsonValue operand, UpdateMoment moment)
    {
        if (current is null)
        {
            return null;
        }

        Predicate<BsonValue> matches;
        if (FilterOperators.IsOperators(operand, out var operators))
        {
            var test = FilterOperators.Parse(operators);
            matches = value => test([value]);
        }
        else if (operand is BsonDocument query)
        {
            var filter = Filter.Parse(query);
            matches = value => value is BsonDocument document && filter.Matches(document);
        }
        else
        {
            matches = value => BsonOrder.Instance.Equals(value, operand);
        }

        return [.. Array(current, "$pull").Where(value => !matches(value))];
    }

    private static BsonArray AddToSet(BsonValue? current, BsonValue operand, UpdateMoment moment)
    {
        var array = Array(current, "$addToSet");
        BsonArray added = [operand];
        if (FilterOperators.IsOperators(operand, out var modifiers))
        {
            Demand(modifiers, "$addToSet", "$each");
            added = modifiers["$each"].AsBsonArray;
        }

        foreach (var value in added.Where(value => !array.Contains(value, BsonOrder.Instance)))
        {
            array.Add(value);
        }

        return array;
    }

    private static BsonValue CurrentDate(BsonValue? current, BsonValue operand, UpdateMoment moment) => operand switch
    {
        BsonBoolean or BsonDocument { ElementCount: 1 } when operand == true || operand["$type"] == "date" =>
            new BsonDateTime(moment.Now.ToUnixTimeMilliseconds()),
        BsonDocument { ElementCount: 1 } when operand["$type"] == "timestamp" => moment.ClusterTime,
        _ => throw CommandFailure.BadValue($"$currentDate does not know {operand}"),
    };

    private static BsonArray Array(BsonValue? current, string name) => current switch
    {
        null => [],
        BsonArray array => [.. array],
        _ => throw CommandFailure.BadValue($"The field of {name} must be an array but is of type {current.BsonType}"),
    };

    private static void Demand(BsonDocument modifiers, string name, params string[] known)
    {
        if (modifiers.Names.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw CommandFailure.BadValue($"Unrecognized clause in {name}: {unknown}");
        }
    }
}
