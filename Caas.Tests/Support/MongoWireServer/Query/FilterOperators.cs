using System.Collections.Frozen;
using System.Text.RegularExpressions;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>Tests what stands at the end of a path; null stands for «missing».</summary>
internal delegate bool LeafTest(List<BsonValue?> leaves);

/// <summary>The query operators that stand at a field: the table below is all that this server knows.</summary>
internal static class FilterOperators
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly FrozenDictionary<string, Func<BsonValue, LeafTest>> Table =
        new Dictionary<string, Func<BsonValue, LeafTest>>(StringComparer.Ordinal)
        {
            ["$eq"] = Equal,
            ["$ne"] = operand => Not(Equal(operand)),
            ["$gt"] = operand => Range(operand, order => order > 0),
            ["$gte"] = operand => Range(operand, order => order >= 0),
            ["$lt"] = operand => Range(operand, order => order < 0),
            ["$lte"] = operand => Range(operand, order => order <= 0),
            ["$in"] = In,
            ["$nin"] = operand => Not(In(operand)),
            ["$not"] = operand => Not(
                operand is BsonRegularExpression ? Implicit(operand) : Parse(operand.AsBsonDocument)),
            ["$exists"] = operand => leaves => leaves.Exists(leaf => leaf is not null) == operand.ToBoolean(),
            ["$type"] = Type,
            ["$all"] = operand => All([.. operand.AsBsonArray.Select(Equal)]),
            ["$elemMatch"] = operand => ElementMatches(operand.AsBsonDocument),
            ["$size"] = Size,
            ["$regex"] = operand => Pattern(operand is BsonRegularExpression regex ? regex : new(operand.AsString)),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a value at a field is made of operators rather than a document to equal.</summary>
    public static bool IsOperators(BsonValue value, out BsonDocument operators)
    {
        operators = value as BsonDocument ?? [];
        return operators.ElementCount > 0 && operators.GetElement(0).Name.StartsWith('$');
    }

    public static LeafTest Parse(BsonDocument operators)
    {
        if (operators.TryGetValue("$options", out var options))
        {
            var pattern = new BsonRegularExpression(operators["$regex"].AsString, options.AsString);
            operators = new BsonDocument(operators.Where(element => element.Name is not ("$options" or "$regex")))
                .Add("$regex", pattern);
        }

        return All([.. operators.Select(element => Table.TryGetValue(element.Name, out var test)
            ? test(element.Value)
            : throw CommandFailure.BadValue($"unknown operator: {element.Name}"))]);
    }

    /// <summary>The test of <c>{ field: value }</c>.</summary>
    public static LeafTest Implicit(BsonValue operand) =>
        operand is BsonRegularExpression regex ? Pattern(regex) : Equal(operand);

    private static LeafTest All(LeafTest[] tests) => leaves => Array.TrueForAll(tests, test => test(leaves));

    private static LeafTest Not(LeafTest test) => leaves => !test(leaves);

    private static LeafTest Any(Predicate<BsonValue> test) => leaves => leaves.Exists(
        leaf => leaf is not null && (test(leaf) || (leaf is BsonArray array && array.Any(element => test(element)))));

    private static LeafTest Equal(BsonValue operand)
    {
        var equal = Any(value => BsonOrder.Instance.Equals(value, operand));
        return operand.IsBsonNull ? leaves => leaves.Contains(null) || equal(leaves) : equal;
    }

    private static LeafTest In(BsonValue operand)
    {
        var tests = operand.AsBsonArray.Select(Implicit).ToArray();
        return leaves => Array.Exists(tests, test => test(leaves));
    }

    // A range stays within the operand's type, but for the two keys that stand below and above all types.
    private static LeafTest Range(BsonValue operand, Predicate<int> inside)
    {
        var everyType = operand.BsonType is BsonType.MinKey or BsonType.MaxKey;
        var test = Any(value => (everyType || BsonOrder.Rank(value) == BsonOrder.Rank(operand))
            && inside(BsonOrder.Instance.Compare(value, operand)));
        return operand.IsBsonNull && inside(0) ? leaves => leaves.Contains(null) || test(leaves) : test;
    }

    private static LeafTest Size(BsonValue operand) => leaves => leaves.Exists(
        leaf => leaf is BsonArray array && array.Count == operand.ToInt32());

    private static LeafTest Type(BsonValue operand)
    {
        var names = operand is BsonArray array ? array.ToArray() : [operand];
        var tests = names.Select(BsonTypeNames.Test).ToArray();
        return Any(value => Array.Exists(tests, test => test(value)));
    }

    private static LeafTest ElementMatches(BsonDocument operand)
    {
        Predicate<BsonValue> test;
        if (IsOperators(operand, out _) && operand.GetElement(0).Name is not ("$and" or "$or" or "$nor"))
        {
            var operators = Parse(operand);
            test = value => operators([value]);
        }
        else
        {
            var filter = Filter.Parse(operand);
            test = value => value is BsonDocument document && filter.Matches(document);
        }

        return leaves => leaves.Exists(leaf => leaf is BsonArray array && array.Any(element => test(element)));
    }

    private static LeafTest Pattern(BsonRegularExpression pattern)
    {
        var regex = new Regex(pattern.Pattern, Options(pattern.Options), Patience);
        return Any(value => value is BsonString text && regex.IsMatch(text.Value));
    }

    private static RegexOptions Options(string options) => options.Aggregate(
        RegexOptions.CultureInvariant, (all, option) => all | option switch
        {
            'i' => RegexOptions.IgnoreCase,
            'm' => RegexOptions.Multiline,
            's' => RegexOptions.Singleline,
            _ => throw CommandFailure.BadValue($"unknown option of a regular expression: {option}"),
        });
}
