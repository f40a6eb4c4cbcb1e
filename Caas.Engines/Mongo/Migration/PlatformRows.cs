using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Engines.Migration;
using Caas.Engines.Mongo.Events;
using Caas.Engines.Mongo.Keys;
using Caas.Engines.Mongo.Tokens;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Migration;

/// <summary>The documents of the deployment itself, from the rows that are moved.</summary>
internal static class PlatformRows
{
    public static BsonDocument WriteSigningKey(MovedRow row) => MongoSigningKeyStore.Write(new SigningKey(
        row.Text("id"), row.Bytes("private_key"), row.Time("created_at"), row.Time("signs_from"), row.TimeOrNull("retires_at")));

    public static BsonDocument WriteSecret(MovedRow row) => MongoPlatformSecrets.Write(row.Text("name"), row.Bytes("value"));

    public static BsonDocument WriteRevocation(MovedRow row) => RevocationDocuments.Write(
        row.Number("number"),
        new Revocation(new ClientId(row.Id("client_id")), (RevocationKind)row.Small("kind"), row.Text("subject"), row.Time("at")));

    public static BsonDocument WriteDeadLetter(MovedRow row)
    {
        var document = DeadLetterDocuments.Write(new DeadLetter
        {
            Id = new DeadLetterId(row.Id("id")),
            Topic = row.Text("topic"),
            Partition = row.Small("partition"),
            Offset = row.Number("record_offset"),
            Key = row.Text("key"),
            EventId = row.TextOrNull("event_id"),
            Consumer = row.Text("consumer"),
            Attempts = row.Small("attempts"),
            Reason = row.Text("reason"),
            AppendedAt = row.Time("appended_at"),
            FailedAt = row.Time("failed_at"),
            Value = row.Bytes("value"),
            TraceParent = row.TextOrNull("trace_parent"),
        });
        if ((DeadLetterState)row.Small("state") is var state and not DeadLetterState.Waiting)
        {
            document.Remove("value");
            document["t"] = (int)state;
        }

        return document;
    }
}
