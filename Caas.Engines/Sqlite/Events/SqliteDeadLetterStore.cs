using Caas.Domain.Events;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Events;

/// <inheritdoc/>
/// <remarks>In the platform's file. What is too old goes with the next letter that comes.</remarks>
internal sealed class SqliteDeadLetterStore(DatabaseSet databases, TimeProvider clock) : IDeadLetterStore
{
    /// <inheritdoc/>
    public async ValueTask<bool> AddAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var added = await databases.WriteAsync<(DeadLetter Letter, DateTimeOffset Oldest), bool>(
            DatabaseName.Platform,
            (letter, clock.GetUtcNow() - IDeadLetterStore.KeptFor),
            static (file, state) => DeadLetterRows.Add(file.Writer, state.Letter, state.Oldest),
            cancellationToken);
        return added.OrThrow();
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DeadLetter>> ListAsync(
        DeadLetterId? after, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<(DeadLetterId? After, int Limit), IReadOnlyList<DeadLetter>>(
            DatabaseName.Platform,
            (after, limit),
            static (connection, state) => DeadLetterRows.List(connection, state.After, state.Limit),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoredDeadLetter?> FindAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Platform,
            id,
            static (connection, asked) => DeadLetterRows.Find(connection, asked),
            absent: null,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAsync(DeadLetterId id, DeadLetterState state, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(state, DeadLetterState.Waiting);
        var removed = await databases.WriteAsync<(DeadLetterId Id, DeadLetterState State), bool>(
            DatabaseName.Platform,
            (id, state),
            static (file, end) => DeadLetterRows.End(file.Writer, end.Id, end.State),
            cancellationToken);
        return removed.OrThrow();
    }
}
