using Caas.Engines.Migration;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Migration;

/// <summary>
/// How the key of a row is found in a document: as its key, as a key that is a document, or as two fields with an index.
/// Each orders documents as the columns order rows, so that a range here is that range there.
/// </summary>
internal sealed class KeyShape
{
    private readonly string[] _fields;
    private readonly bool _isDocument;

    private KeyShape(string[] fields, bool isDocument)
    {
        _fields = fields;
        _isDocument = isDocument;
    }

    /// <summary>The one column is the document's key.</summary>
    public static KeyShape One() => new([Bson.Key], isDocument: false);

    /// <summary>The columns are the fields of the document's key.</summary>
    public static KeyShape Document(params string[] fields) => new(fields, isDocument: true);

    /// <summary>The two columns are two fields of the document.</summary>
    public static KeyShape Fields(string first, string second) => new([first, second], isDocument: false);

    /// <summary>The order of the keys.</summary>
    public BsonDocument Sort => _isDocument ? Match.Ascending(Bson.Key) : Match.Ascending(_fields);

    /// <summary>The documents of a range.</summary>
    public BsonDocument Filter(MovedRange range) => _isDocument ? OfDocument(range)
        : _fields.Length == 1 ? OfOne(range)
        : OfFields(range);

    /// <summary>The key of a document, as that of its row.</summary>
    public IReadOnlyList<object> Read(BsonDocument document) => _isDocument
        ? [.. _fields.Select(field => Value(document.Document(Bson.Key)[field]))]
        : [.. _fields.Select(field => Value(Find(document, field)))];

    /// <summary>A value of a key as it is stored.</summary>
    public static BsonValue Store(object value) => value switch
    {
        byte[] { Length: 16 } id => Bson.Id(new Guid(id, bigEndian: true)),
        long number => number,
        string text => text,
        _ => throw new NotSupportedException($"No key has a value of {value.GetType().Name}."),
    };

    private static object Value(BsonValue value) => value switch
    {
        BsonBinaryData bytes => bytes.ToGuid(GuidRepresentation.Standard).ToByteArray(bigEndian: true),
        BsonString text => text.Value,
        _ => value.ToInt64(),
    };

    private static BsonValue Find(BsonDocument document, string path) =>
        path.Split('.') is [var outer, var inner] ? document.Document(outer)[inner] : document[path];

    private static BsonDocument OfOne(MovedRange range)
    {
        if (range.Prefix is { } only)
        {
            return Match.ByKey(Store(only));
        }

        var bounds = new BsonDocument()
            .With("$gt", range.After is { } after ? Store(after[0]) : null)
            .With("$lte", range.Until is { } until ? Store(until[0]) : null);
        return bounds.ElementCount == 0 ? [] : new BsonDocument(Bson.Key, bounds);
    }

    private BsonDocument OfDocument(MovedRange range)
    {
        var bounds = new BsonDocument();
        if (range.After is { } after)
        {
            bounds.Add("$gt", KeyOf(after));
        }
        else if (range.Prefix is { } prefix)
        {
            bounds.Add("$gte", new BsonDocument { { _fields[0], Store(prefix) }, { _fields[1], BsonMinKey.Value } });
        }

        if (range.Until is { } until)
        {
            bounds.Add("$lte", KeyOf(until));
        }
        else if (range.Prefix is { } prefix)
        {
            bounds.Add("$lt", new BsonDocument { { _fields[0], Store(prefix) }, { _fields[1], BsonMaxKey.Value } });
        }

        return bounds.ElementCount == 0 ? [] : new BsonDocument(Bson.Key, bounds);
    }

    private BsonDocument KeyOf(IReadOnlyList<object> key) =>
        [.. _fields.Select((field, place) => new BsonElement(field, Store(key[place])))];

    // The rows behind (a, b) up to (c, d), as an index over both fields finds them.
    private BsonDocument OfFields(MovedRange range)
    {
        var (first, second) = (_fields[0], _fields[1]);
        var (after, until) = (range.After, range.Until);
        if (range.Prefix is { } prefix)
        {
            var bounds = new BsonDocument()
                .With("$gt", after is null ? null : Store(after[1]))
                .With("$lte", until is null ? null : Store(until[1]));
            var filter = new BsonDocument(first, Store(prefix));
            return bounds.ElementCount == 0 ? filter : filter.Add(second, bounds);
        }

        if (after is not null && until is not null && MovedValue.AreEqual(after[0], until[0]))
        {
            return new BsonDocument
            {
                { first, Store(after[0]) },
                { second, new BsonDocument { { "$gt", Store(after[1]) }, { "$lte", Store(until[1]) } } },
            };
        }

        return Ends(first, second, after, until);
    }

    private static BsonDocument Ends(
        string first, string second, IReadOnlyList<object>? after, IReadOnlyList<object>? until)
    {
        var between = new BsonDocument()
            .With("$gt", after is null ? null : Store(after[0]))
            .With("$lt", until is null ? null : Store(until[0]));
        if (between.ElementCount == 0)
        {
            return [];
        }

        var parts = new BsonArray { new BsonDocument(first, between) };
        if (after is not null)
        {
            parts.Add(new BsonDocument { { first, Store(after[0]) }, { second, Match.Above(Store(after[1])) } });
        }

        if (until is not null)
        {
            parts.Add(new BsonDocument { { first, Store(until[0]) }, { second, Match.NotAbove(Store(until[1])) } });
        }

        return new BsonDocument("$or", parts);
    }
}
