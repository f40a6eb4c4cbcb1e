using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>
/// <c>$jsonSchema</c> of a few words: <c>bsonType</c>, <c>required</c>, <c>properties</c>, <c>enum</c>, <c>minimum</c> and
/// <c>maximum</c>, with titles and descriptions. Any other word is refused.
/// </summary>
internal static class JsonSchema
{
    public static Func<BsonDocument, bool> Parse(BsonDocument schema)
    {
        var test = Value(schema);
        return document => test(document);
    }

    private static Predicate<BsonValue> Value(BsonDocument schema)
    {
        var words = schema.Select(Word).ToArray();
        return value => Array.TrueForAll(words, word => word(value));
    }

    private static Predicate<BsonValue> Word(BsonElement word)
    {
        switch (word.Name)
        {
            case "title" or "description":
                return _ => true;
            case "bsonType":
                var types = (word.Value is BsonArray several ? several.ToArray() : [word.Value])
                    .Select(BsonTypeNames.Test).ToArray();
                return value => Array.Exists(types, type => type(value));
            case "required":
                var names = word.Value.AsBsonArray.Select(name => name.AsString).ToArray();
                return value => value is not BsonDocument document || Array.TrueForAll(names, document.Contains);
            case "properties":
                return Properties(word.Value.AsBsonDocument);
            case "enum":
                return value => word.Value.AsBsonArray.Contains(value, BsonOrder.Instance);
            case "minimum":
                return value => BsonOrder.Rank(value) != 10 || BsonOrder.Instance.Compare(value, word.Value) >= 0;
            case "maximum":
                return value => BsonOrder.Rank(value) != 10 || BsonOrder.Instance.Compare(value, word.Value) <= 0;
            default:
                throw new CommandFailure(MongoErrors.FailedToParse, $"Unknown $jsonSchema keyword: {word.Name}");
        }
    }

    private static Predicate<BsonValue> Properties(BsonDocument properties)
    {
        var tests = properties.Select(property => (property.Name, Test: Value(property.Value.AsBsonDocument))).ToArray();
        return value => value is not BsonDocument document || Array.TrueForAll(
            tests, test => !document.TryGetValue(test.Name, out var child) || test.Test(child));
    }
}
