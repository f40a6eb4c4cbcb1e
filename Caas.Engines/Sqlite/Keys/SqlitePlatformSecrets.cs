using Caas.Domain.Keys;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Keys;

/// <inheritdoc/>
internal sealed class SqlitePlatformSecrets(DatabaseSet databases) : IPlatformSecrets
{
    private const string Select = "SELECT value FROM secrets WHERE name = ?";

    private const string InsertRow = "INSERT OR IGNORE INTO secrets (name, value) VALUES (?, ?)";

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetOrAddAsync(
        string name, ReadOnlyMemory<byte> candidate, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is { } known)
        {
            return known;
        }

        var secret = await databases.WriteAsync<(string Name, ReadOnlyMemory<byte> Candidate), byte[]?>(
            DatabaseName.Platform,
            (name, candidate),
            static (file, state) =>
            {
                file.Writer.Prepare(InsertRow).Bind(state.Name).Bind(state.Candidate.Span).Run();
                return Find(file.Writer, state.Name);
            },
            cancellationToken);
        return secret.OrThrow();
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var found = await databases.ReadAsync(
            DatabaseName.Platform, name, static (connection, asked) => Find(connection, asked), absent: null, cancellationToken);

        // An array that is null would become an empty memory, not none.
        return found is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(found);
    }

    private static byte[]? Find(Connection connection, string name)
    {
        var row = connection.Prepare(Select).Bind(name);
        var value = row.Step() ? row.Blob(0).ToArray() : null;
        row.Reset();
        return value;
    }
}
