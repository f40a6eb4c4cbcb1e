using Caas.Tests.Support.MongoWireServer.Query;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>The documents of a collection, its indexes and its validator.</summary>
internal sealed class DocumentCollection(string database, string name)
{
    private readonly SortedDictionary<long, DocumentRecord> _records = [];
    private long _lastNumber;
    private Filter? _validator;

    public string Namespace => $"{database}.{name}";

    public string Name => name;

    public BsonBinaryData Uuid { get; } = new(Guid.CreateVersion7(), GuidRepresentation.Standard);

    public BsonDocument Options { get; } = [];

    public List<IndexDefinition> Indexes { get; } =
        [new(new BsonDocument { ["key"] = new BsonDocument("_id", 1), ["name"] = "_id_" })];

    /// <summary>Whether a transaction that is still open has written here.</summary>
    public StoreTransaction? Writer =>
        _records.Values.Select(record => record.Cell.Writer).FirstOrDefault(writer => writer is not null);

    public void Validate(BsonDocument validator)
    {
        _validator = Filter.Parse(validator);
        Options["validator"] = validator;
    }

    /// <summary>What the transaction sees and the filter matches, in natural order.</summary>
    public IEnumerable<(DocumentRecord Record, BsonDocument Document)> Find(StoreTransaction transaction, Filter filter)
    {
        foreach (var record in IndexScan.Find(Indexes, filter) ?? _records.Values)
        {
            if (record.Cell.Read(transaction) is { } document && filter.Matches(document))
            {
                yield return (record, document);
            }
        }
    }

    public void Insert(StoreTransaction transaction, BsonDocument document)
    {
        Check(document);
        var record = new DocumentRecord(++_lastNumber);
        Index(transaction, record, null, document);
        record.Cell.Write(transaction, document);
        _records.Add(record.Number, record);
        Touch(transaction, record, document);
        transaction.Changes.Add(Change("insert", document) with { FullDocument = document });
    }

    public void Replace(
        StoreTransaction transaction, DocumentRecord record, BsonDocument old, BsonDocument changed, bool isReplacement)
    {
        Check(changed);
        record.Cell.Write(transaction, changed);
        Index(transaction, record, old, changed);
        Touch(transaction, record, changed);
        transaction.Changes.Add(isReplacement
            ? Change("replace", changed) with { FullDocument = changed }
            : Change("update", changed) with { UpdateDescription = DocumentDifference.Between(old, changed) });
    }

    public void Delete(StoreTransaction transaction, DocumentRecord record, BsonDocument old)
    {
        record.Cell.Write(transaction, null);
        Index(transaction, record, old, null);
        transaction.Touched.Add((this, record));
        transaction.Changes.Add(Change("delete", old));
    }

    /// <summary>Drops what nobody can see of a record: all of it when it is deleted or was never committed.</summary>
    public void Settle(DocumentRecord record)
    {
        if (record.Cell is { Latest: null, Writer: null })
        {
            _records.Remove(record.Number);
        }

        record.Positions.RemoveWhere(held =>
            !held.Index.KeysOf(record.Cell.Latest).Contains(held.Position.Key) && held.Index.Positions.Remove(held.Position));
    }

    /// <summary>Adds an index over what is committed.</summary>
    public void Add(StoreTransaction transaction, IndexDefinition index)
    {
        foreach (var (record, document) in Find(transaction, Filter.Parse([])))
        {
            index.Hold(record, document);
            if (index.IsUnique)
            {
                Claim(transaction, index, record, index.KeysOf(document));
            }
        }

        Indexes.Add(index);
    }

    private void Touch(StoreTransaction transaction, DocumentRecord record, BsonDocument document)
    {
        Indexes.ForEach(index => index.Hold(record, document));
        transaction.Touched.Add((this, record));
    }

    private void Index(StoreTransaction transaction, DocumentRecord record, BsonDocument? old, BsonDocument? changed)
    {
        foreach (var index in Indexes.Where(index => index.IsUnique))
        {
            var (before, after) = (index.KeysOf(old), index.KeysOf(changed));
            Claim(transaction, index, record, after.Except(before, BsonOrder.Instance));
            foreach (var key in before.Except(after, BsonOrder.Instance))
            {
                index.Entries[key].Write(transaction, null);
            }
        }
    }

    private void Claim(
        StoreTransaction transaction, IndexDefinition index, DocumentRecord record, IEnumerable<BsonValue> keys)
    {
        foreach (var key in keys)
        {
            if (!index.Entries.TryGetValue(key, out var cell))
            {
                cell = index.Entries[key] = new VersionedCell<DocumentRecord>();
            }

            if (cell.Read(transaction) is not null && (cell.Writer is null || cell.Writer == transaction))
            {
                throw Duplicate(index, key.AsBsonArray);
            }

            cell.Write(transaction, record);
        }
    }

    private CommandFailure Duplicate(IndexDefinition index, BsonArray key)
    {
        var value = new BsonDocument(index.Key.Names.Zip(key, (field, part) => new BsonElement(field, part)));
        return new CommandFailure(
            MongoErrors.DuplicateKey,
            $"E11000 duplicate key error collection: {Namespace} index: {index.Name} dup key: {value}")
        {
            Details = new BsonDocument { ["keyPattern"] = index.Key, ["keyValue"] = value },
        };
    }

    private void Check(BsonDocument document)
    {
        if (_validator?.Matches(document) == false)
        {
            throw new CommandFailure(MongoErrors.DocumentValidationFailure, "Document failed validation")
            {
                Details = new BsonDocument("errInfo", new BsonDocument("failingDocumentId", document["_id"])),
            };
        }
    }

    private ChangeEvent Change(string operation, BsonDocument document) =>
        new(operation, database, name) { DocumentKey = new BsonDocument("_id", document["_id"]) };
}
