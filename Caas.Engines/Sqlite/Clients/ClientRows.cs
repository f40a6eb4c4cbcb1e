using Caas.Domain.Clients;
using Caas.Domain.Ids;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Clients;

/// <summary>The rows of <c>clients</c>; what is being erased is found by nothing but <see cref="ListDeleted"/>.</summary>
internal static class ClientRows
{
    private const string Columns = "id, name, email, created_at, etag";

    private const string InsertRow = "INSERT INTO clients (" + Columns + ") VALUES (?, ?, ?, ?, ?)";

    private const string SelectOne = "SELECT " + Columns + " FROM clients WHERE id = ? AND deleted_at IS NULL";

    private const string SelectPage =
        "SELECT " + Columns + " FROM clients WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?";

    private const string UpdateRow = "UPDATE clients SET name = ?, email = ?, etag = ? WHERE id = ?";

    private const string SelectLimits =
        "SELECT per_user_per_minute, per_key_per_minute FROM clients WHERE id = ? AND deleted_at IS NULL";

    private const string UpdateLimits = "UPDATE clients SET per_user_per_minute = ?, per_key_per_minute = ? WHERE id = ?";

    private const string MarkRow = "UPDATE clients SET deleted_at = ? WHERE id = ?";

    private const string SelectDeleted =
        "SELECT id FROM clients WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT ?";

    // The log goes too: events of the erased client hold its people's names. The clients row goes last.
    private static readonly string[] EraseRows =
    [
        "DELETE FROM applications WHERE client_id = ?1",
        "DELETE FROM application_origins WHERE client_id = ?1",
        "DELETE FROM api_keys WHERE client_id = ?1",
        "DELETE FROM client_databases WHERE client_id = ?1",
        "DELETE FROM changes WHERE log_id = ?1 AND position <= (SELECT relay_position FROM relay)",
        "DELETE FROM clients WHERE id = ?1 AND deleted_at IS NOT NULL",
    ];

    public static void Insert(Connection connection, Client client) =>
        connection.Prepare(InsertRow)
            .Bind(client.Id.Value)
            .Bind(client.Name)
            .Bind(client.Email)
            .Bind(client.CreatedAt)
            .Bind(client.Etag)
            .Run();

    public static Client? Find(Connection connection, ClientId id) =>
        Read(connection.Prepare(SelectOne).Bind(id.Value)) is [var client] ? client : null;

    public static List<Client> List(Connection connection, ClientId? after, int limit)
    {
        var row = connection.Prepare(SelectPage);
        row = after is { } id ? row.Bind(id.Value) : row.Bind([]);
        return Read(row.Bind(limit));
    }

    public static void Update(Connection connection, Client client) =>
        connection.Prepare(UpdateRow)
            .Bind(client.Name)
            .Bind(client.Email)
            .Bind(client.Etag)
            .Bind(client.Id.Value)
            .Run();

    public static ClientLimits? FindLimits(Connection connection, ClientId id)
    {
        var row = connection.Prepare(SelectLimits).Bind(id.Value);
        if (!row.Step())
        {
            return null;
        }

        var limits = new ClientLimits((int?)row.Int64OrNull(0), (int?)row.Int64OrNull(1));
        row.Reset();
        return limits;
    }

    public static void SetLimits(Connection connection, ClientId id, ClientLimits limits) =>
        connection.Prepare(UpdateLimits)
            .Bind(limits.PerUserPerMinute)
            .Bind(limits.PerKeyPerMinute)
            .Bind(id.Value)
            .Run();

    public static void MarkDeleted(Connection connection, ClientId id, DateTimeOffset at) =>
        connection.Prepare(MarkRow).Bind(at).Bind(id.Value).Run();

    public static List<ClientId> ListDeleted(Connection connection, int limit)
    {
        var ids = new List<ClientId>();
        var row = connection.Prepare(SelectDeleted).Bind(limit);
        while (row.Step())
        {
            ids.Add(new ClientId(row.Id(0)));
        }

        return ids;
    }

    public static void Erase(Connection connection, ClientId id)
    {
        foreach (var erase in EraseRows)
        {
            connection.Prepare(erase).Bind(id.Value).Run();
        }
    }

    private static List<Client> Read(Statement row)
    {
        var clients = new List<Client>();
        while (row.Step())
        {
            clients.Add(new Client
            {
                Id = new ClientId(row.Id(0)),
                Name = row.Text(1),
                Email = row.Text(2),
                CreatedAt = row.Time(3),
                Etag = row.Text(4),
            });
        }

        return clients;
    }
}
