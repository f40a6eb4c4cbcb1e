using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>A query, compiled; an operator that is not in the tables is refused when it is parsed.</summary>
internal sealed class Filter
{
    private readonly Func<BsonDocument, bool> _matches;

    private Filter(Func<BsonDocument, bool> matches, BsonDocument equalities)
    {
        _matches = matches;
        Equalities = equalities;
    }

    /// <summary>The paths that the query fixes to one value: what an upsert starts from, and what an index can find.</summary>
    public BsonDocument Equalities { get; }

    public static Filter Parse(BsonDocument query)
    {
        var equalities = new BsonDocument();
        var clauses = query.Select(element => Clause(element, equalities)).ToArray();
        return new Filter(document => Array.TrueForAll(clauses, clause => clause(document)), equalities);
    }

    public bool Matches(BsonDocument document) => _matches(document);

    private static Func<BsonDocument, bool> Clause(BsonElement element, BsonDocument equalities)
    {
        if (element.Name.StartsWith('$'))
        {
            return Logical(element, equalities);
        }

        var path = new DocumentPath(element.Name);
        if (FilterOperators.IsOperators(element.Value, out var operators))
        {
            if (operators.TryGetValue("$eq", out var fixedTo))
            {
                equalities[element.Name] = fixedTo;
            }

            var test = FilterOperators.Parse(operators);
            return document => test(path.Leaves(document));
        }

        if (element.Value is not BsonRegularExpression)
        {
            equalities[element.Name] = element.Value;
        }

        var equal = FilterOperators.Implicit(element.Value);
        return document => equal(path.Leaves(document));
    }

    private static Func<BsonDocument, bool> Logical(BsonElement element, BsonDocument equalities)
    {
        switch (element.Name)
        {
            case "$expr":
                var expression = Expression.Parse(element.Value);
                return document => Expression.IsTrue(expression(document));
            case "$jsonSchema":
                return JsonSchema.Parse(element.Value.AsBsonDocument);
            case "$and" or "$or" or "$nor":
                break;
            default:
                throw CommandFailure.BadValue($"unknown top level operator: {element.Name}");
        }

        var parts = element.Value.AsBsonArray.Select(part => Parse(part.AsBsonDocument)).ToArray();
        if (element.Name == "$and")
        {
            foreach (var part in parts)
            {
                equalities.Merge(part.Equalities, overwriteExistingElements: false);
            }
        }

        return element.Name switch
        {
            "$and" => document => Array.TrueForAll(parts, part => part.Matches(document)),
            "$or" => document => Array.Exists(parts, part => part.Matches(document)),
            _ => document => !Array.Exists(parts, part => part.Matches(document)),
        };
    }
}
