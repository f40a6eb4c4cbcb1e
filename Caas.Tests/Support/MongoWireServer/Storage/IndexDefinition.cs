using Caas.Tests.Support.MongoWireServer.Query;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>An index: who holds each key, if it is unique, and the records in the order of their keys.</summary>
internal sealed class IndexDefinition
{
    private static readonly string[] Known =
        ["v", "key", "name", "unique", "sparse", "partialFilterExpression", "expireAfterSeconds", "background"];

    private readonly DocumentPath[] _paths;
    private readonly Filter? _partial;
    private readonly bool _sparse;

    public IndexDefinition(BsonDocument specification)
    {
        if (specification.Names.Except(Known, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new CommandFailure(
                MongoErrors.InvalidOptions, $"This server does not know the index option '{unknown}'");
        }

        Key = specification["key"].AsBsonDocument;
        if (Key.Values.Any(direction => !direction.IsNumeric))
        {
            throw new CommandFailure(
                MongoErrors.InvalidOptions, $"This server knows ascending and descending keys only: {Key}");
        }

        Name = specification["name"].AsString;
        var options = specification.Where(option => option.Name is not ("v" or "background"));
        Specification = new BsonDocument("v", 2).AddRange(options);
        IsUnique = Name == "_id_" || specification.GetValue("unique", false).ToBoolean();
        _sparse = specification.GetValue("sparse", false).ToBoolean();
        _paths = [.. Key.Names.Select(name => new DocumentPath(name))];
        _partial = specification.TryGetValue("partialFilterExpression", out var partial)
            ? Filter.Parse(partial.AsBsonDocument)
            : null;
    }

    public string Name { get; }

    public BsonDocument Key { get; }

    public BsonDocument Specification { get; }

    public bool IsUnique { get; }

    /// <summary>Whether every document is in it.</summary>
    public bool IsPlain => _partial is null && !_sparse;

    /// <summary>Whether a document has or had several keys, because a path leads to an array.</summary>
    public bool IsMultikey { get; private set; }

    /// <summary>The records by their keys, ascending whatever the directions are; empty unless the index is plain.</summary>
    public SortedSet<IndexPosition> Positions { get; } = new(IndexPosition.Order);

    /// <summary>Who holds a key; empty for an index that is not unique.</summary>
    public Dictionary<BsonValue, VersionedCell<DocumentRecord>> Entries { get; } = new(BsonOrder.Instance);

    /// <summary>The keys of a document: several when one of the paths leads to an array.</summary>
    public HashSet<BsonValue> KeysOf(BsonDocument? document)
    {
        var keys = new HashSet<BsonValue>(BsonOrder.Instance);
        if (document is null || _partial?.Matches(document) == false)
        {
            return keys;
        }

        var leaves = Array.ConvertAll(_paths, path => path.Leaves(document));
        if (_sparse && Array.TrueForAll(leaves, leaf => leaf.TrueForAll(value => value is null)))
        {
            return keys;
        }

        Combine(leaves, [], keys);
        return keys;
    }

    /// <summary>Holds a record under the keys of a document, beside those that it is held under already.</summary>
    public void Hold(DocumentRecord record, BsonDocument document)
    {
        if (!IsPlain)
        {
            return;
        }

        var keys = KeysOf(document);
        IsMultikey |= keys.Count > 1;
        foreach (var position in keys.Select(key => new IndexPosition(key.AsBsonArray, record)))
        {
            if (Positions.Add(position))
            {
                record.Positions.Add((this, position));
            }
        }
    }

    private static void Combine(List<BsonValue?>[] leaves, BsonArray prefix, HashSet<BsonValue> keys)
    {
        if (prefix.Count == leaves.Length)
        {
            keys.Add(prefix);
            return;
        }

        foreach (var value in leaves[prefix.Count].SelectMany(Parts).DefaultIfEmpty(BsonNull.Value))
        {
            Combine(leaves, [.. prefix, value], keys);
        }
    }

    private static IEnumerable<BsonValue> Parts(BsonValue? leaf) => leaf switch
    {
        null => [BsonNull.Value],
        BsonArray { Count: > 0 } array => array,
        BsonArray => [BsonUndefined.Value],
        _ => [leaf],
    };
}
