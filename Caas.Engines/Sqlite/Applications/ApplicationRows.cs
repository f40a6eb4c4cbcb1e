using Caas.Domain.Applications;
using Caas.Domain.Ids;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Applications;

/// <summary>The rows of <c>applications</c> and <c>application_origins</c>.</summary>
internal static class ApplicationRows
{
    private const string Columns = "id, name, label, allowed_origins, created_at, etag";

    private const string Replace =
        "INSERT OR REPLACE INTO applications (" + Columns + ", client_id) VALUES (?, ?, ?, ?, ?, ?, ?)";

    private const string SelectOne = "SELECT " + Columns + " FROM applications WHERE client_id = ? AND id = ?";

    private const string SelectPage =
        "SELECT " + Columns + " FROM applications WHERE client_id = ? AND id > ? ORDER BY id LIMIT ?";

    private const string DeleteRow = "DELETE FROM applications WHERE client_id = ? AND id = ?";

    private const string DeleteOrigins = "DELETE FROM application_origins WHERE client_id = ? AND application_id = ?";

    private const string DeleteAllOrigins = "DELETE FROM application_origins WHERE client_id = ?";

    private const string InsertOrigin =
        "INSERT OR IGNORE INTO application_origins (origin, client_id, application_id) VALUES (?, ?, ?)";

    private const string SelectOrigin = "SELECT 1 FROM application_origins WHERE origin = ? LIMIT 1";

    public static Application? Find(Connection connection, ClientId client, AppId id) =>
        Read(connection.Prepare(SelectOne).Bind(client.Value).Bind(id.Value)) is [var application] ? application : null;

    public static List<Application> List(Connection connection, ClientId client, AppId? after, int limit)
    {
        var row = connection.Prepare(SelectPage).Bind(client.Value);
        row = after is { } id ? row.Bind(id.Value) : row.Bind([]);
        return Read(row.Bind(limit));
    }

    public static void Put(Connection connection, ClientId client, Application application)
    {
        connection.Prepare(Replace)
            .Bind(application.Id.Value)
            .Bind(application.Name)
            .Bind(application.Label)
            .Bind(application.AllowedOrigins)
            .Bind(application.CreatedAt)
            .Bind(application.Etag)
            .Bind(client.Value)
            .Run();
        connection.Prepare(DeleteOrigins).Bind(client.Value).Bind(application.Id.Value).Run();
        foreach (var origin in application.AllowedOrigins)
        {
            connection.Prepare(InsertOrigin).Bind(origin).Bind(client.Value).Bind(application.Id.Value).Run();
        }
    }

    public static void Delete(Connection connection, ClientId client, AppId id)
    {
        connection.Prepare(DeleteOrigins).Bind(client.Value).Bind(id.Value).Run();
        connection.Prepare(DeleteRow).Bind(client.Value).Bind(id.Value).Run();
    }

    /// <summary>Nothing of the client may be asked for any more.</summary>
    public static void ForgetOrigins(Connection connection, ClientId client) =>
        connection.Prepare(DeleteAllOrigins).Bind(client.Value).Run();

    public static bool IsListed(Connection connection, string origin)
    {
        var row = connection.Prepare(SelectOrigin).Bind(origin);
        var listed = row.Step();
        row.Reset();
        return listed;
    }

    private static List<Application> Read(Statement row)
    {
        var applications = new List<Application>();
        while (row.Step())
        {
            applications.Add(new Application
            {
                Id = new AppId(row.Id(0)),
                Name = row.Text(1),
                Label = row.Text(2),
                AllowedOrigins = row.Texts(3),
                CreatedAt = row.Time(4),
                Etag = row.Text(5),
            });
        }

        return applications;
    }
}
