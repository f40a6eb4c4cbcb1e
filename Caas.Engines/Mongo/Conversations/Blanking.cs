using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Mongo.Events;
using Caas.Engines.Mongo.Idempotency;
using Caas.Engines.Mongo.Messages;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Conversations;

/// <summary>
/// Removes the content of persons from everywhere in a client's database, in the transaction that says so: documents, the
/// bodies of earlier changes, and the answers that are kept for idempotency keys. Reads inside the transaction, which is
/// the only one of its batch, so that no change of the same batch escapes it.
/// </summary>
internal static class Blanking
{
    private const int BodiesAtOnce = 1000;

    /// <summary>One message's.</summary>
    public static async Task BlankAsync(MongoUnit unit, ConversationId conversation, BlankMessage blank)
    {
        unit.DeleteAll(MongoCollections.Revisions, PartDocuments.OfMessage(conversation, blank.Sequence, "i"));
        unit.DeleteAll(MongoCollections.Idempotency, AnswerDocuments.Showing(conversation, blank.Sequence));
        var links = await unit.FindAsync(PartDocuments.LinksOf(conversation, blank.Sequence));
        var versions = links.Select(PartDocuments.LinkedVersion).Prepend(blank.SentVersion);
        Rewrite(unit, await unit.FindAsync(ChangeDocuments.Some(conversation.Value, versions)));
    }

    /// <summary>A whole conversation's.</summary>
    public static async Task BlankAsync(MongoUnit unit, ConversationId conversation)
    {
        unit.DeleteAll(MongoCollections.Messages, MessageDocuments.Of(conversation));
        unit.DeleteAll(MongoCollections.Idempotency, AnswerDocuments.Showing(conversation));
        foreach (var collection in PartDocuments.Collections)
        {
            unit.DeleteAll(collection, PartDocuments.Of(collection, conversation));
        }

        var last = 0L;
        while (await unit.FindAsync(ChangeDocuments.Above(conversation.Value, last, BodiesAtOnce)) is { Count: > 0 } bodies)
        {
            Rewrite(unit, bodies);
            last = bodies[^1].Number("v");
        }
    }

    /// <summary>The bodies without what persons wrote.</summary>
    public static void Rewrite(MongoUnit unit, IEnumerable<BsonDocument> changes)
    {
        foreach (var change in changes)
        {
            var body = new BsonBinaryData(EventJson.Blank(change.Blob("b")));
            unit.Update(MongoCollections.Changes, Match.ByKey(change[Bson.Key]), Match.Set(new BsonDocument("b", body)));
        }
    }
}
