using Caas.Domain.Errors;
using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Tokens;

/// <inheritdoc/>
internal sealed class SqliteSigningKeyStore(DatabaseSet databases) : ISigningKeyStore
{
    private const string Select = """
        SELECT id, private_key, created_at, signs_from, retires_at FROM signing_keys
        WHERE retires_at IS NULL OR retires_at > ? ORDER BY created_at, id
        """;

    private const string SelectNewest = "SELECT id FROM signing_keys ORDER BY created_at DESC, id DESC LIMIT 1";

    private const string RetireOthers =
        "UPDATE signing_keys SET retires_at = ?1 WHERE ?1 IS NOT NULL AND (retires_at IS NULL OR retires_at > ?1)";

    private const string InsertRow =
        "INSERT INTO signing_keys (id, private_key, created_at, signs_from, retires_at) VALUES (?, ?, ?, ?, ?)";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SigningKey>> ListAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        databases.ReadAsync<DateTimeOffset, IReadOnlyList<SigningKey>>(
            DatabaseName.Platform,
            now,
            static (connection, at) => List(connection, at),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> TryAddAsync(
        SigningKey key, string? expectedNewest, DateTimeOffset? othersRetireAt, CancellationToken cancellationToken)
    {
        var added = await databases.WriteAsync<(SigningKey Key, string? Expected, DateTimeOffset? RetireAt), bool>(
            DatabaseName.Platform,
            (key, expectedNewest, othersRetireAt),
            static (file, state) => TryAdd(file.Writer, state.Key, state.Expected, state.RetireAt),
            cancellationToken);
        return added.OrThrow();
    }

    private static List<SigningKey> List(Connection connection, DateTimeOffset now)
    {
        var keys = new List<SigningKey>();
        var row = connection.Prepare(Select).Bind(now);
        while (row.Step())
        {
            keys.Add(new SigningKey(row.Text(0), row.Blob(1).ToArray(), row.Time(2), row.Time(3), row.TimeOrNull(4)));
        }

        return keys;
    }

    private static Result<bool> TryAdd(Connection connection, SigningKey key, string? expected, DateTimeOffset? retireAt)
    {
        var row = connection.Prepare(SelectNewest);
        var newest = row.Step() ? row.Text(0) : null;
        row.Reset();
        if (newest != expected)
        {
            return false;
        }

        connection.Prepare(RetireOthers).Bind(retireAt).Run();
        connection.Prepare(InsertRow)
            .Bind(key.Id)
            .Bind(key.PrivateKey.Span)
            .Bind(key.CreatedAt)
            .Bind(key.SignsFrom)
            .Bind(key.RetiresAt)
            .Run();
        return true;
    }
}
