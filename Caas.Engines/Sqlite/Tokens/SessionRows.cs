using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Tokens;

/// <summary>The rows of <c>sessions</c>.</summary>
internal static class SessionRows
{
    private const string Columns =
        "id, user_id, device_id, application_id, created_at, expires_at, revoked_at, generation, rotated_at";

    private const string InsertRow = "INSERT INTO sessions (" + Columns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private const string SelectOne = "SELECT " + Columns + " FROM sessions WHERE id = ?";

    private const string SelectPage = "SELECT " + Columns + """
         FROM sessions WHERE user_id = ? AND id > ? AND revoked_at IS NULL AND expires_at > ? ORDER BY id LIMIT ?
        """;

    private const string SelectStanding = "SELECT " + Columns + """
         FROM sessions
        WHERE user_id = ?1 AND revoked_at IS NULL AND (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR device_id = ?3)
        ORDER BY id
        """;

    private const string Rotate = """
        UPDATE sessions SET generation = generation + 1, rotated_at = ?2
        WHERE id = ?1 AND generation = ?3 AND revoked_at IS NULL AND expires_at > ?2
        """;

    private const string RevokeRow = "UPDATE sessions SET revoked_at = ? WHERE id = ?";

    public static void Insert(Connection connection, StoredSession stored)
    {
        var session = stored.Session;
        connection.Prepare(InsertRow)
            .Bind(session.Id.Value)
            .Bind(session.UserId.Value)
            .Bind(session.DeviceId.Value)
            .Bind(session.ApplicationId.Value)
            .Bind(session.CreatedAt)
            .Bind(session.ExpiresAt)
            .Bind(session.RevokedAt)
            .Bind(stored.Generation)
            .Bind(stored.RotatedAt)
            .Run();
    }

    public static StoredSession? Find(Connection connection, SessionId id) =>
        Read(connection.Prepare(SelectOne).Bind(id.Value)) is [var stored] ? stored : null;

    public static List<StoredSession> List(
        Connection connection, UserId user, SessionId? after, DateTimeOffset now, int limit)
    {
        var row = connection.Prepare(SelectPage).Bind(user.Value);
        row = after is { } id ? row.Bind(id.Value) : row.Bind([]);
        return Read(row.Bind(now).Bind(limit));
    }

    public static List<StoredSession> ListStanding(Connection connection, SessionFilter filter) =>
        Read(connection.Prepare(SelectStanding)
            .Bind(filter.UserId.Value)
            .Bind(filter.SessionId?.Value)
            .Bind(filter.DeviceId?.Value));

    public static bool TryRotate(Connection connection, SessionId id, int expectedGeneration, DateTimeOffset at)
    {
        connection.Prepare(Rotate).Bind(id.Value).Bind(at).Bind(expectedGeneration).Run();
        return connection.Changes == 1;
    }

    public static void Revoke(Connection connection, SessionId id, DateTimeOffset at) =>
        connection.Prepare(RevokeRow).Bind(at).Bind(id.Value).Run();

    private static List<StoredSession> Read(Statement row)
    {
        var sessions = new List<StoredSession>();
        while (row.Step())
        {
            var session = new Session
            {
                Id = new SessionId(row.Id(0)),
                UserId = UserId.Parse(row.Text(1)),
                DeviceId = new DeviceId(row.Id(2)),
                ApplicationId = new AppId(row.Id(3)),
                CreatedAt = row.Time(4),
                ExpiresAt = row.Time(5),
                RevokedAt = row.TimeOrNull(6),
            };
            sessions.Add(new StoredSession(session, row.Int32(7), row.TimeOrNull(8)));
        }

        return sessions;
    }
}
