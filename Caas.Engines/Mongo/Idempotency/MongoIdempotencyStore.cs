using Caas.Domain.Errors;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Idempotency;

/// <inheritdoc/>
/// <remarks>A client's answers are in its own database; those of its applications and keys in the platform's.</remarks>
internal sealed class MongoIdempotencyStore(MongoReads reads, TimeProvider clock) : IIdempotencyStore
{
    /// <inheritdoc/>
    public ValueTask<Result<StoredAnswer?>> FindAsync(
        ClientId clientId, IdempotencyKey key, CancellationToken cancellationToken) =>
        KeptAnswers.FindAsync(clientId, key, (name, asked) => FindInAsync(name, asked, cancellationToken));

    private async ValueTask<Result<StoredAnswer?>> FindInAsync(
        DatabaseName name, IdempotencyKey key, CancellationToken cancellationToken) =>
        AnswerDocuments.Read(await reads.FirstAsync(name, AnswerDocuments.One(key), cancellationToken), key, clock.Now());
}
