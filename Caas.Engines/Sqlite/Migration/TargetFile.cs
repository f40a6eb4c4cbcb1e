using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Migration;

/// <summary>One file of a folder that a deployment is moved to.</summary>
internal sealed class TargetFile : IDisposable
{
    private const int PageRows = 1000;
    private const int PageBytes = 8 * 1024 * 1024;
    private const int PagesUntilCheckpoint = 4000;

    private const string SetPosition = "UPDATE relay SET relay_position = ?";

    private const string SelectLeaves = """
        SELECT conversation_id, sequence, leaf FROM messages WHERE (conversation_id, sequence) > (?, ?)
        ORDER BY conversation_id, sequence LIMIT ?
        """;

    private const string SelectLeavesOf = """
        SELECT conversation_id, sequence, leaf FROM messages WHERE conversation_id = ? AND sequence > ? ORDER BY sequence LIMIT ?
        """;

    private readonly Connection _connection;
    private int _pages;

    private TargetFile(DatabaseName name, Connection connection)
    {
        Name = name;
        _connection = connection;
    }

    public DatabaseName Name { get; }

    /// <summary>Opens the file, made where there is none.</summary>
    public static TargetFile Open(DatabaseName name, string path, TimeProvider clock)
    {
        var connection = Connection.OpenWriter(path);
        try
        {
            var migrations = name.Client is null ? Migrations.Platform : Migrations.Client;
            migrations.Apply(connection, path, clock.GetUtcNow());
            return new TargetFile(name, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public IReadOnlyList<string> Merge(MovedRange range, IReadOnlyList<MovedRow> rows, bool write)
    {
        var differences = Compare(range, rows);
        if (write && (differences.Missing.Count > 0 || differences.Strange.Count > 0))
        {
            Write(differences);
        }

        return [.. differences.Strange.Concat(differences.Missing).Select(static row => row.Name).Distinct(StringComparer.Ordinal)];
    }

    public IReadOnlyList<StoredLeaf> ReadLeaves(ConversationId? conversation, StoredLeaf? after, int limit)
    {
        var leaves = new List<StoredLeaf>();
        var row = conversation is { } id
            ? _connection.Prepare(SelectLeavesOf).Bind(id.Value).Bind(after?.Sequence ?? 0)
            : _connection.Prepare(SelectLeaves).Bind(after?.Conversation.Value ?? Guid.Empty).Bind(after?.Sequence ?? 0);
        row.Bind(limit);
        while (row.Step())
        {
            leaves.Add(new StoredLeaf(new ConversationId(row.Id(0)), row.Int64(1), row.Blob(2).ToArray()));
        }

        return leaves;
    }

    public void SetRelayed(long position) => _connection.Prepare(SetPosition).Bind(position).Run();

    public void MarkPending(ClientId client) => _connection.Prepare(PlatformSql.MarkPending).Bind(client.Value).Run();

    public void Dispose()
    {
        try
        {
            _connection.Checkpoint();
        }
        finally
        {
            _connection.Dispose();
        }
    }

    // What is here, page by page, against what there is: the rest is missing. A row of another content is both.
    private Differences Compare(MovedRange range, IReadOnlyList<MovedRow> rows)
    {
        var expected = rows.ToDictionary(static row => MovedValue.Join(row.Key), StringComparer.Ordinal);
        var strange = new List<MovedRow>();
        while (true)
        {
            // Whatever has ended counts here as what it is: too much.
            var page = SqliteRows.Read(_connection, range, DateTimeOffset.UnixEpoch, PageRows, PageBytes);
            foreach (var row in page.Rows)
            {
                if (!expected.TryGetValue(MovedValue.Join(row.Key), out var same))
                {
                    strange.Add(row);
                }
                else if (row.SameAs(same))
                {
                    expected.Remove(MovedValue.Join(row.Key));
                }
            }

            if (page.IsLast)
            {
                return new Differences(strange, [.. expected.Values]);
            }

            range = range with { After = page.Rows[^1].Key };
        }
    }

    private void Write(Differences differences)
    {
        _connection.Prepare("BEGIN IMMEDIATE").Run();
        try
        {
            differences.Strange.ForEach(row => SqliteRows.Delete(_connection, row));
            differences.Missing.ForEach(row => SqliteRows.Write(_connection, row));
            _connection.Prepare("COMMIT").Run();
        }
        catch
        {
            if (_connection.InTransaction)
            {
                _connection.Prepare("ROLLBACK").Run();
            }

            throw;
        }

        _pages += _connection.TakePagesWritten();
        if (_pages >= PagesUntilCheckpoint)
        {
            _connection.Checkpoint();
            _pages = 0;
        }
    }

    /// <summary>What a range has to become.</summary>
    /// <param name="Strange">Rows that are not at the source.</param>
    /// <param name="Missing">Rows that are there, and not here or not so.</param>
    private sealed record Differences(List<MovedRow> Strange, List<MovedRow> Missing);
}
