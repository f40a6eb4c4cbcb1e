using Caas.Tests.Support.MongoWireServer.Protocol;
using Caas.Tests.Support.MongoWireServer.Storage;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>One command on its way through the server; it may run more than once when it has to wait.</summary>
internal sealed class CommandCall(MongoNode node, ClientIdentity client, BsonDocument document)
{
    public MongoNode Node => node;

    public DocumentStore Store => node.Store;

    public ClientIdentity Client => client;

    public BsonDocument Document => document;

    public string Name => document.GetElement(0).Name;

    public string Database => document["$db"].AsString;

    /// <summary>The session, where the command names one.</summary>
    public ServerSession? Session { get; set; }

    /// <summary>The client's transaction that the command belongs to.</summary>
    public StoreTransaction? Transaction { get; set; }

    /// <summary>What the applied statements answered: in this run, an earlier run or an earlier sending.</summary>
    public Dictionary<int, StatementResult> Applied { get; set; } = [];

    /// <summary>Whether the command may wait no longer.</summary>
    public bool HasExpired { get; set; }

    /// <summary>Runs one statement in the client's transaction, or in one of its own that is committed at once.</summary>
    public T Run<T>(Func<StoreTransaction, T> statement)
    {
        if (Transaction is not null)
        {
            return statement(Transaction);
        }

        var own = ReadsAt is { } moment ? Store.BeginAt(moment) : Store.Begin(isClients: false);
        try
        {
            var result = statement(own);
            Store.Commit(own);
            return result;
        }
        catch
        {
            Store.Abort(own);
            throw;
        }
    }

    /// <summary>The moment of a read of one, outside of transactions; null for a read of now.</summary>
    public long? ReadsAt => Part("readConcern") is { } concern && Transaction is null && concern.GetValue("level", null) == "snapshot"
        ? concern.GetValue("atClusterTime", null)?.AsBsonTimestamp.Value ?? Store.LastTime
        : null;

    public BsonValue? Optional(string name) => document.GetValue(name, null);

    public bool Flag(string name, bool otherwise = false) => Optional(name)?.ToBoolean() ?? otherwise;

    public BsonDocument Part(string name) => Optional(name)?.AsBsonDocument ?? [];

    /// <summary>The collection that the command's own field names, where it exists.</summary>
    public DocumentCollection? Existing() => Store.Find(Database, document[0].AsString);

    public DocumentCollection GetOrCreate() => Store.GetOrCreate(Database, document[0].AsString);

    /// <summary>The collection, once no open transaction writes to it.</summary>
    public static DocumentCollection? Quiet(DocumentCollection? collection) => collection?.Writer is { } writer
        ? throw new BlockedException(writer.Ended)
        : collection;
}
