using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>A projection that includes, excludes or computes; <c>$slice</c> and <c>$elemMatch</c> are refused.</summary>
internal sealed class Projection
{
    private readonly Dictionary<string, Projection?> _named = new(StringComparer.Ordinal);
    private readonly List<(DocumentPath Path, Evaluate Value)> _computed = [];
    private bool _includes;

    private Projection()
    {
    }

    public static Projection Parse(BsonDocument specification)
    {
        var projection = new Projection();
        var flags = Flatten(specification, string.Empty).ToArray();
        var including = flags.Where(flag => flag.Path != "_id")
            .Select(flag => IsExclusion(flag.Value)).Distinct().ToArray();
        if (including.Length > 1)
        {
            throw CommandFailure.BadValue("A projection cannot include some fields and exclude others");
        }

        var onlyId = including.Length == 0;
        projection._includes = onlyId ? flags.Any(flag => !IsExclusion(flag.Value)) : !including[0];
        foreach (var (path, value) in flags)
        {
            projection.Add(path, value);
        }

        if (projection._includes && !specification.Contains("_id"))
        {
            projection.Add("_id", true);
        }

        return projection;
    }

    public BsonDocument Apply(BsonDocument document)
    {
        var result = Shape(document);
        foreach (var (path, evaluate) in _computed)
        {
            if (evaluate(document) is { } value)
            {
                path.Set(result, value.DeepClone());
            }
        }

        return result;
    }

    private static bool IsExclusion(BsonValue value) =>
        value is BsonBoolean { Value: false } || (value.IsNumeric && !value.ToBoolean());

    private static IEnumerable<(string Path, BsonValue Value)> Flatten(BsonDocument specification, string prefix) =>
        specification.SelectMany(element =>
            element.Value is BsonDocument inner && !FilterOperators.IsOperators(inner, out _)
                ? Flatten(inner, prefix + element.Name + ".")
                : [(prefix + element.Name, element.Value)]);

    private void Add(string path, BsonValue value)
    {
        if (value is not BsonBoolean && !value.IsNumeric)
        {
            _computed.Add((new DocumentPath(path), Expression.Parse(value)));
        }
        else if (IsExclusion(value) != _includes)
        {
            Name(path.Split('.'));
        }
    }

    private void Name(ReadOnlySpan<string> steps)
    {
        if (steps.Length == 1)
        {
            _named[steps[0]] = null;
            return;
        }

        if (!_named.TryGetValue(steps[0], out var child) || child is null)
        {
            child = new Projection { _includes = _includes };
            _named[steps[0]] = child;
        }

        child.Name(steps[1..]);
    }

    private BsonDocument Shape(BsonDocument document)
    {
        var result = new BsonDocument();
        foreach (var element in document)
        {
            var named = _named.TryGetValue(element.Name, out var child);
            if (named && child is not null)
            {
                if (child.Inner(element.Value) is { } inner)
                {
                    result.Add(element.Name, inner);
                }
            }
            else if (named == _includes)
            {
                result.Add(element);
            }
        }

        return result;
    }

    private BsonValue? Inner(BsonValue value) => value switch
    {
        BsonDocument document => Shape(document),
        BsonArray array => new BsonArray(array.Select(Inner).OfType<BsonValue>()),
        _ => _includes ? null : value,
    };
}
