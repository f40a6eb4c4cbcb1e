using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>A query, compiled; an operator that is not in the tables is refused when it is parsed.</summary>
internal sealed class Filter
{
    private readonly Func<BsonDocument, bool> _matches;

    private Filter(BsonDocument query)
    {
        var clauses = query.Select(Clause).ToArray();
        _matches = document => Array.TrueForAll(clauses, clause => clause(document));
    }

    /// <summary>The paths that the query fixes to one value: what an upsert starts from.</summary>
    public BsonDocument Equalities { get; } = [];

    /// <summary>What an index can be asked for.</summary>
    public Dictionary<string, FieldBounds> Bounds { get; } = new(StringComparer.Ordinal);

    public static Filter Parse(BsonDocument query) => new(query);

    public bool Matches(BsonDocument document) => _matches(document);

    private Func<BsonDocument, bool> Clause(BsonElement element)
    {
        if (element.Name.StartsWith('$'))
        {
            return Logical(element);
        }

        var path = new DocumentPath(element.Name);
        if (FilterOperators.IsOperators(element.Value, out var operators))
        {
            if (operators.TryGetValue("$eq", out var fixedTo))
            {
                Equalities[element.Name] = fixedTo;
            }

            Bind(element.Name, fixedTo is null ? FieldBounds.Of(operators) : FieldBounds.Of(fixedTo));

            var test = FilterOperators.Parse(operators);
            return document => test(path.Leaves(document));
        }

        if (element.Value is not BsonRegularExpression)
        {
            Equalities[element.Name] = element.Value;
            Bind(element.Name, FieldBounds.Of(element.Value));
        }

        var equal = FilterOperators.Implicit(element.Value);
        return document => equal(path.Leaves(document));
    }

    private Func<BsonDocument, bool> Logical(BsonElement element)
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
                Equalities.Merge(part.Equalities, overwriteExistingElements: false);
                foreach (var (path, bounds) in part.Bounds)
                {
                    Bind(path, bounds);
                }
            }
        }

        return element.Name switch
        {
            "$and" => document => Array.TrueForAll(parts, part => part.Matches(document)),
            "$or" => document => Array.Exists(parts, part => part.Matches(document)),
            _ => document => !Array.Exists(parts, part => part.Matches(document)),
        };
    }

    private void Bind(string path, FieldBounds? bounds)
    {
        if (bounds is not null)
        {
            Bounds.TryAdd(path, bounds);
        }
    }
}
