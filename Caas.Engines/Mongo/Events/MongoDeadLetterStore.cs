using Caas.Domain.Events;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Events;

/// <inheritdoc/>
/// <remarks>In the platform's database. What is too old goes with the next letter that comes.</remarks>
internal sealed class MongoDeadLetterStore(MongoReads reads, MongoWrites writes, TimeProvider clock) : IDeadLetterStore
{
    /// <inheritdoc/>
    public async ValueTask<bool> AddAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var old = DeadLetterDocuments.OlderThan(clock.GetUtcNow() - IDeadLetterStore.KeptFor);
        await writes.DeleteAsync(DatabaseName.Platform, MongoCollections.DeadLetters, old, cancellationToken);
        return await writes.TryInsertAsync(
            DatabaseName.Platform, MongoCollections.DeadLetters, DeadLetterDocuments.Write(letter), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DeadLetter>> ListAsync(
        DeadLetterId? after, int limit, CancellationToken cancellationToken) =>
        (await reads.FindAsync(DatabaseName.Platform, DeadLetterDocuments.Waiting(after, limit), cancellationToken))
            .ConvertAll(DeadLetterDocuments.Read);

    /// <inheritdoc/>
    public async ValueTask<StoredDeadLetter?> FindAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        await reads.FirstAsync(DatabaseName.Platform, DeadLetterDocuments.One(id), cancellationToken) is { } document
            ? DeadLetterDocuments.ReadStored(document)
            : null;

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(DeadLetterId id, DeadLetterState state, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(state, DeadLetterState.Waiting);
        return writes.UpdateAsync(
            DatabaseName.Platform,
            MongoCollections.DeadLetters,
            DeadLetterDocuments.IfWaiting(id),
            DeadLetterDocuments.End(state),
            cancellationToken);
    }
}
