using System.Buffers.Binary;
using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using Caas.Engines.Migration;
using Caas.Engines.Mongo.Applications;
using Caas.Engines.Mongo.Clients;
using Caas.Engines.Mongo.Idempotency;
using Caas.Engines.Mongo.Keys;
using Caas.Engines.Mongo.Storage;
using Caas.Engines.Mongo.Tokens;
using Caas.Engines.Mongo.Users;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Migration;

/// <summary>The documents of clients and of who speaks for them, from the rows that are moved.</summary>
internal static class AccountRows
{
    public static BsonDocument WriteUser(MovedRow row) => UserDocuments.Write(new User
    {
        Id = row.User("id"),
        Name = row.TextOrNull("name"),
        AvatarUrl = row.TextOrNull("avatar_url"),
        Role = row.Text("role"),
        Attributes = row.JsonOrNull("attributes"),
        CreatedAt = row.Time("created_at"),
        Etag = row.Text("etag"),
    });

    public static BsonDocument WriteSession(MovedRow row)
    {
        var session = new Session
        {
            Id = new SessionId(row.Id("id")),
            UserId = row.User("user_id"),
            DeviceId = new DeviceId(row.Id("device_id")),
            ApplicationId = new AppId(row.Id("application_id")),
            CreatedAt = row.Time("created_at"),
            ExpiresAt = row.Time("expires_at"),
            RevokedAt = row.TimeOrNull("revoked_at"),
        };
        return SessionDocuments.Write(new StoredSession(session, row.Small("generation"), row.TimeOrNull("rotated_at")));
    }

    public static BsonDocument WriteAnswer(MovedRow row)
    {
        var answer = new Domain.Idempotency.StoredAnswer(
            row.Small("status"), row.Bytes("body"), row.TextOrNull("etag"), row.TextOrNull("location"));
        var key = new Domain.Idempotency.IdempotencyKey(row.Text("caller"), row.Text("key"), row.Bytes("fingerprint"));
        return AnswerDocuments.Write(key, answer, row.Time("expires_at"), SubjectOf(row.BytesOrNull("subject")));
    }

    public static BsonDocument WriteClient(MovedRow row)
    {
        var client = new Client
        {
            Id = new ClientId(row.Id("id")),
            Name = row.Text("name"),
            Email = row.Text("email"),
            CreatedAt = row.Time("created_at"),
            Etag = row.Text("etag"),
        };
        return ClientDocuments.Write(client, MongoPlacements.Main)
            .With("deleted", row.TimeOrNull("deleted_at"))
            .With("perUser", row.NumberOrNull("per_user_per_minute") is { } user ? new BsonInt32((int)user) : null)
            .With("perKey", row.NumberOrNull("per_key_per_minute") is { } key ? new BsonInt32((int)key) : null);
    }

    public static BsonDocument WriteApplication(MovedRow row)
    {
        var application = new Application
        {
            Id = new AppId(row.Id("id")),
            Name = row.Text("name"),
            Label = row.Text("label"),
            AllowedOrigins = row.Texts("allowed_origins"),
            CreatedAt = row.Time("created_at"),
            Etag = row.Text("etag"),
        };
        var document = ApplicationDocuments.Write(new ClientId(row.Id("client_id")), application);

        // Of a client that is being erased no preflight finds them.
        if (row.Number("listed") == 0)
        {
            document.Remove("listed");
        }

        return document;
    }

    public static BsonDocument WriteKey(MovedRow row)
    {
        var key = new ApiKey
        {
            Id = new KeyId(row.Id("id")),
            ApplicationId = new AppId(row.Id("application_id")),
            Name = row.Text("name"),
            Scopes = row.Texts("scopes"),
            CreatedAt = row.Time("created_at"),
            ExpiresAt = row.TimeOrNull("expires_at"),
            LastUsedAt = row.TimeOrNull("last_used_at"),
        };
        return KeyDocuments.Write(new StoredApiKey(
            key, new ClientId(row.Id("client_id")), row.Text("public_part"), row.Bytes("secret_hash"), row.TimeOrNull("revoked_at")));
    }

    private static (ConversationId Id, long Sequence)? SubjectOf(byte[]? subject) => subject is null
        ? null
        : (new ConversationId(new Guid(subject.AsSpan(0, 16), bigEndian: true)), BinaryPrimitives.ReadInt64BigEndian(subject.AsSpan(16)));
}
