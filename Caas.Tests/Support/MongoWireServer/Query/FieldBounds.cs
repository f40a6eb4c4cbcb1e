using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>
/// What a query demands of one field at least: one of these values, or a value between two bounds. A filter still decides;
/// an index may leave out what lies outside.
/// </summary>
internal sealed record FieldBounds(BsonArray? Choices, BsonValue? Low, BsonValue? High)
{
    /// <summary>The bounds of operators; null where an index could miss what they match.</summary>
    public static FieldBounds? Of(BsonDocument operators)
    {
        var choices = operators.GetValue("$in", null) as BsonArray;
        var (low, high) = (Operand("$gt") ?? Operand("$gte"), Operand("$lt") ?? Operand("$lte"));
        choices = choices?.Any(choice => !IsPlain(choice)) == true ? null : choices;
        return choices is null && low is null && high is null ? null : new FieldBounds(choices, low, high);

        BsonValue? Operand(string name) => operators.TryGetValue(name, out var operand) && IsPlain(operand) ? operand : null;
    }

    public static FieldBounds? Of(BsonValue value) => IsPlain(value) ? new FieldBounds([value], null, null) : null;

    // Null matches what is missing, an array matches by its elements or whole, a pattern matches many values.
    private static bool IsPlain(BsonValue value) => value is not (BsonNull or BsonArray or BsonRegularExpression or BsonUndefined);
}
