using Caas.Engines.Migration;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Migration;

/// <summary>
/// How the rows of each table are documents: in which collection, under which key, and with which fields. The documents are
/// made by those that the product writes them with.
/// </summary>
internal static class MovedDocuments
{
    private static readonly Dictionary<MovedTable, MovedCollection> Known = new()
    {
        [MovedTables.Conversations] = new(MongoCollections.Conversations, KeyShape.One(), ConversationRows.WriteHead),
        [MovedTables.Messages] = new(MongoCollections.Messages, KeyShape.Fields("k.c", "n"), ConversationRows.WriteMessage),
        [MovedTables.Revisions] = new(MongoCollections.Revisions, KeyShape.Document("c", "n", "i"), ConversationRows.WriteRevision),
        [MovedTables.Reactions] = new(MongoCollections.Reactions, KeyShape.Document("c", "u", "n", "e"), ConversationRows.WriteReaction),
        [MovedTables.Links] = new(MongoCollections.Links, KeyShape.Document("c", "n", "v"), ConversationRows.WriteLink),
        [MovedTables.Nodes] = new(MongoCollections.Nodes, KeyShape.Document("c", "h", "i"), ConversationRows.WriteNode),
        [MovedTables.Changes] = new(MongoCollections.Changes, KeyShape.Fields("l", "v"), ConversationRows.WriteChange),
        [MovedTables.Members] = new(MongoCollections.Members, KeyShape.Document("c", "u"), ConversationRows.WriteMember),
        [MovedTables.Users] = new(MongoCollections.Users, KeyShape.One(), AccountRows.WriteUser),
        [MovedTables.Sessions] = new(MongoCollections.Sessions, KeyShape.One(), AccountRows.WriteSession),
        [MovedTables.Answers] = new(MongoCollections.Idempotency, KeyShape.Document("a", "k"), AccountRows.WriteAnswer),
        [MovedTables.Clients] = new(MongoCollections.Clients, KeyShape.One(), AccountRows.WriteClient),
        [MovedTables.Applications] = new(MongoCollections.Applications, KeyShape.Fields("c", Bson.Key), AccountRows.WriteApplication),
        [MovedTables.Keys] = new(MongoCollections.Keys, KeyShape.Fields("c", Bson.Key), AccountRows.WriteKey),
        [MovedTables.SigningKeys] = new(MongoCollections.SigningKeys, KeyShape.One(), PlatformRows.WriteSigningKey),
        [MovedTables.Secrets] = new(MongoCollections.Secrets, KeyShape.One(), PlatformRows.WriteSecret),
        [MovedTables.Revocations] = new(MongoCollections.Revocations, KeyShape.One(), PlatformRows.WriteRevocation),
        [MovedTables.DeadLetters] = new(MongoCollections.DeadLetters, KeyShape.One(), PlatformRows.WriteDeadLetter),
    };

    /// <summary>The collection of a table; null where its rows are part of other documents: origins, of applications.</summary>
    public static MovedCollection? Of(MovedTable table) =>
        table == MovedTables.Origins ? null : Known[table];
}

/// <summary>A collection as a table of rows.</summary>
/// <param name="Name">One of <see cref="MongoCollections"/>.</param>
/// <param name="Key">How the key of a row is in a document.</param>
/// <param name="Write">The document of a row.</param>
internal sealed record MovedCollection(string Name, KeyShape Key, Func<MovedRow, BsonDocument> Write);
