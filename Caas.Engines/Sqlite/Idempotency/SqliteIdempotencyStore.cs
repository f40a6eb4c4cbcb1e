using Caas.Domain.Errors;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Idempotency;

/// <inheritdoc/>
/// <remarks>A client's answers are in its own file; those of its applications and keys in the platform's.</remarks>
internal sealed class SqliteIdempotencyStore(DatabaseSet databases, TimeProvider clock) : IIdempotencyStore
{
    /// <inheritdoc/>
    public ValueTask<Result<StoredAnswer?>> FindAsync(
        ClientId clientId, IdempotencyKey key, CancellationToken cancellationToken) =>
        KeptAnswers.FindAsync(clientId, key, (name, asked) => FindInAsync(name, asked, cancellationToken));

    private ValueTask<Result<StoredAnswer?>> FindInAsync(
        DatabaseName name, IdempotencyKey key, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            name,
            (Key: key, Now: clock.Now()),
            static (connection, state) => IdempotencyRows.Find(connection, state.Key, state.Now),
            absent: default(StoredAnswer?),
            cancellationToken);
}
