using Caas.Domain.Ids;
using Caas.Engines.Documents;

namespace Caas.Engines.Migration;

/// <summary>
/// Where a deployment is moved to: an engine of documents that serves nobody yet. Every write can be repeated, and writes
/// of one call are durable when it returns. Until the state says that the move is done, no product starts on it. Used by
/// one caller at a time. <see cref="MoveException"/> where it cannot be used.
/// </summary>
internal interface IMoveTarget : IAsyncDisposable
{
    /// <summary>What an operator knows it by; without credentials.</summary>
    string Name { get; }

    /// <summary>
    /// Takes the target and brings its platform's database up to date. Refused where another process uses it, or where
    /// something is in it and no move says what.
    /// </summary>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>How far the move is; null where none has begun.</summary>
    Task<MoveState?> ReadStateAsync(CancellationToken cancellationToken);

    Task SaveStateAsync(MoveState state, CancellationToken cancellationToken);

    /// <summary>How far one database is; null where nothing of it is here.</summary>
    Task<DatabaseProgress?> ReadProgressAsync(DatabaseName name, CancellationToken cancellationToken);

    Task SaveProgressAsync(DatabaseName name, DatabaseProgress progress, CancellationToken cancellationToken);

    /// <summary>Makes a database, or brings it up to date.</summary>
    Task MakeAsync(DatabaseName name, CancellationToken cancellationToken);

    /// <summary>The clients that have a database here.</summary>
    Task<IReadOnlyList<ClientId>> ListClientsAsync(CancellationToken cancellationToken);

    /// <summary>Removes a client's database, and what is known of its progress.</summary>
    Task EraseAsync(ClientId clientId, CancellationToken cancellationToken);

    /// <summary>
    /// Compares a range with the rows that it has at the source, all of them, and gives the names of those that differ, are
    /// missing or are too many. With <paramref name="write"/> the range is the source's afterwards. A table that is part of
    /// another here gives none.
    /// </summary>
    Task<IReadOnlyList<string>> MergeAsync(
        DatabaseName name, MovedRange range, IReadOnlyList<MovedRow> rows, bool write, CancellationToken cancellationToken);

    /// <summary>
    /// The leaves of messages as they are stored here, in the order of conversations and sequences, a page behind a place.
    /// </summary>
    /// <param name="name">The database.</param>
    /// <param name="conversation">Only those of one conversation; null for all.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="limit">The most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<IReadOnlyList<StoredLeaf>> ReadLeavesAsync(
        DatabaseName name, ConversationId? conversation, StoredLeaf? after, int limit, CancellationToken cancellationToken);

    /// <summary>Sets where a database counts its changes on, and from where the relay publishes them.</summary>
    Task SetPositionsAsync(DatabaseName name, DatabasePositions positions, CancellationToken cancellationToken);
}

/// <summary>A message's leaf.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Sequence">The message's number.</param>
/// <param name="Hash">The leaf's 32 bytes.</param>
internal sealed record StoredLeaf(ConversationId Conversation, long Sequence, byte[] Hash);

/// <summary>Where the changes of a database are.</summary>
/// <param name="Last">The newest that was ever given.</param>
/// <param name="Relayed">Up to where they are in the event stream.</param>
internal sealed record DatabasePositions(long Last, long Relayed);
