using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Engines.Sqlite.Events;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Users;

/// <summary>The rows of <c>users</c>.</summary>
internal static class UserRows
{
    private const string Columns = "id, name, avatar_url, role, attributes, created_at, etag";

    private const string SelectOne = "SELECT " + Columns + " FROM users WHERE id = ?";

    private const string SelectExists = "SELECT 1 FROM users WHERE id = ?";

    private const string SelectPage = "SELECT " + Columns + " FROM users WHERE id > ? ORDER BY id LIMIT ?";

    private const string Replace =
        "INSERT OR REPLACE INTO users (" + Columns + ") VALUES (?, ?, ?, ?, ?, ?, ?)";

    private const string DeleteOne = "DELETE FROM users WHERE id = ?";

    private const string DeleteSessions = "DELETE FROM sessions WHERE user_id = ?";

    // The changes of users are few beside those of conversations, and an erasure may take its time.
    private const string SelectBodies = """
        SELECT position, body FROM changes
        WHERE log_id = ? AND type IN ('user.created', 'user.updated') AND json_extract(CAST(body AS TEXT), '$.data.user.id') = ?
        """;

    private const string UpdateBody = "UPDATE changes SET body = ? WHERE position = ?";

    public static User? Find(Connection connection, UserId id)
    {
        var row = connection.Prepare(SelectOne).Bind(id.Value);
        if (!row.Step())
        {
            return null;
        }

        var user = Read(row);
        row.Reset();
        return user;
    }

    public static bool Exists(Connection connection, UserId id)
    {
        var row = connection.Prepare(SelectExists).Bind(id.Value);
        var exists = row.Step();
        row.Reset();
        return exists;
    }

    public static List<User> List(Connection connection, UserId? after, int limit)
    {
        var users = new List<User>();
        var row = connection.Prepare(SelectPage).Bind(after?.Value ?? string.Empty).Bind(limit);
        while (row.Step())
        {
            users.Add(Read(row));
        }

        return users;
    }

    public static void Put(Connection connection, User user) =>
        connection.Prepare(Replace)
            .Bind(user.Id.Value)
            .Bind(user.Name)
            .Bind(user.AvatarUrl)
            .Bind(user.Role)
            .Bind(user.Attributes)
            .Bind(user.CreatedAt)
            .Bind(user.Etag)
            .Run();

    private static User Read(Statement row) => new()
    {
        Id = UserId.Parse(row.Text(0)),
        Name = row.TextOrNull(1),
        AvatarUrl = row.TextOrNull(2),
        Role = row.Text(3),
        Attributes = row.JsonOrNull(4),
        CreatedAt = row.Time(5),
        Etag = row.Text(6),
    };

    /// <summary>Deletes a user, their sessions, and what the client's log says of them.</summary>
    public static void Delete(Connection connection, UserId id)
    {
        connection.Prepare(DeleteOne).Bind(id.Value).Run();
        connection.Prepare(DeleteSessions).Bind(id.Value).Run();
        var bodies = new List<(long Position, byte[] Body)>();
        var row = connection.Prepare(SelectBodies).Bind(ChangeRows.ClientLog).Bind(id.Value);
        while (row.Step())
        {
            bodies.Add((row.Int64(0), EventJson.Blank(row.Blob(1))));
        }

        foreach (var (position, body) in bodies)
        {
            connection.Prepare(UpdateBody).Bind(body).Bind(position).Run();
        }
    }
}
