using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Tokens;

/// <inheritdoc/>
internal sealed class SqliteRevocationLog(DatabaseSet databases) : IRevocationLog
{
    /// <inheritdoc/>
    public async ValueTask<long> AppendAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        var number = await databases.WriteAsync<Revocation, long>(
            DatabaseName.Platform,
            revocation,
            static (file, entry) => RevocationRows.Append(file.Writer, entry),
            cancellationToken);
        return number.OrThrow();
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<NumberedRevocation>> ListAsync(long after, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<(long After, int Limit), IReadOnlyList<NumberedRevocation>>(
            DatabaseName.Platform,
            (after, limit),
            static (connection, state) => RevocationRows.List(connection, state.After, state.Limit),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> ReadLastAsync(CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Platform, 0, static (connection, _) => RevocationRows.ReadLast(connection), absent: 0L, cancellationToken);
}
