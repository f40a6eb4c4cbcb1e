using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Keys;

/// <summary>The rows of <c>api_keys</c>.</summary>
internal static class KeyRows
{
    private const string Columns = """
        client_id, id, application_id, name, scopes, created_at, expires_at, last_used_at, public_part, secret_hash, revoked_at
        """;

    private const string InsertRow =
        "INSERT INTO api_keys (" + Columns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private const string SelectByPublicPart = "SELECT " + Columns + " FROM api_keys WHERE public_part = ?";

    private const string SelectOne =
        "SELECT " + Columns + " FROM api_keys WHERE client_id = ? AND id = ? AND revoked_at IS NULL";

    private const string SelectPage =
        "SELECT " + Columns + " FROM api_keys WHERE client_id = ? AND id > ? AND revoked_at IS NULL ORDER BY id LIMIT ?";

    private const string EndRow =
        "UPDATE api_keys SET expires_at = min(coalesce(expires_at, ?3), ?3) WHERE client_id = ?1 AND id = ?2";

    private const string RevokeRow =
        "UPDATE api_keys SET revoked_at = ?3 WHERE client_id = ?1 AND id = ?2 AND revoked_at IS NULL";

    private const string RevokeAllRows = "UPDATE api_keys SET revoked_at = ?2 WHERE client_id = ?1 AND revoked_at IS NULL";

    private const string SelectOfApplication =
        "SELECT " + Columns + " FROM api_keys WHERE client_id = ? AND application_id = ? AND revoked_at IS NULL";

    private const string NoteUseOf = """
        UPDATE api_keys SET last_used_at = max(coalesce(last_used_at, 0), ?3) WHERE client_id = ?1 AND id = ?2
        """;

    public static void Insert(Connection connection, StoredApiKey stored)
    {
        var key = stored.Key;
        connection.Prepare(InsertRow)
            .Bind(stored.ClientId.Value)
            .Bind(key.Id.Value)
            .Bind(key.ApplicationId.Value)
            .Bind(key.Name)
            .Bind(key.Scopes)
            .Bind(key.CreatedAt)
            .Bind(key.ExpiresAt)
            .Bind(key.LastUsedAt)
            .Bind(stored.PublicPart)
            .Bind(stored.SecretHash.Span)
            .Bind(stored.RevokedAt)
            .Run();
    }

    public static StoredApiKey? FindByPublicPart(Connection connection, string publicPart) =>
        Read(connection.Prepare(SelectByPublicPart).Bind(publicPart)) is [var key] ? key : null;

    /// <summary>The key of this client, if it stands.</summary>
    public static StoredApiKey? Find(Connection connection, ClientId client, KeyId id) =>
        Read(connection.Prepare(SelectOne).Bind(client.Value).Bind(id.Value)) is [var key] ? key : null;

    public static List<StoredApiKey> List(Connection connection, ClientId client, KeyId? after, int limit)
    {
        var row = connection.Prepare(SelectPage).Bind(client.Value);
        row = after is { } id ? row.Bind(id.Value) : row.Bind([]);
        return Read(row.Bind(limit));
    }

    public static void End(Connection connection, ClientId client, KeyId id, DateTimeOffset at) =>
        connection.Prepare(EndRow).Bind(client.Value).Bind(id.Value).Bind(at).Run();

    public static void Revoke(Connection connection, ClientId client, KeyId id, DateTimeOffset at) =>
        connection.Prepare(RevokeRow).Bind(client.Value).Bind(id.Value).Bind(at).Run();

    public static void RevokeAll(Connection connection, ClientId client, DateTimeOffset at) =>
        connection.Prepare(RevokeAllRows).Bind(client.Value).Bind(at).Run();

    /// <summary>The standing keys of an application.</summary>
    public static List<StoredApiKey> ListOf(Connection connection, ClientId client, AppId application) =>
        Read(connection.Prepare(SelectOfApplication).Bind(client.Value).Bind(application.Value));

    public static void NoteUse(Connection connection, ClientId client, KeyId id, DateTimeOffset at) =>
        connection.Prepare(NoteUseOf).Bind(client.Value).Bind(id.Value).Bind(at).Run();

    private static List<StoredApiKey> Read(Statement row)
    {
        var keys = new List<StoredApiKey>();
        while (row.Step())
        {
            var key = new ApiKey
            {
                Id = new KeyId(row.Id(1)),
                ApplicationId = new AppId(row.Id(2)),
                Name = row.Text(3),
                Scopes = row.Texts(4),
                CreatedAt = row.Time(5),
                ExpiresAt = row.TimeOrNull(6),
                LastUsedAt = row.TimeOrNull(7),
            };
            keys.Add(new StoredApiKey(key, new ClientId(row.Id(0)), row.Text(8), row.Blob(9).ToArray(), row.TimeOrNull(10)));
        }

        return keys;
    }
}
