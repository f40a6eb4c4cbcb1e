using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Tokens;

/// <inheritdoc/>
/// <remarks>The number is the key: of two nodes that take the same one, one is refused and takes the next.</remarks>
internal sealed class MongoRevocationLog(MongoReads reads, WriteQueues queues) : IRevocationLog
{
    /// <inheritdoc/>
    public async ValueTask<long> AppendAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        var number = await queues.WriteAsync<Revocation, long>(
            DatabaseName.Platform,
            revocation,
            static async (unit, entry) => await RevocationNumbers.AppendAsync(unit, [entry]),
            cancellationToken);
        return number.OrThrow();
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NumberedRevocation>> ListAsync(long after, int limit, CancellationToken cancellationToken) =>
        (await reads.FindAsync(DatabaseName.Platform, RevocationDocuments.Above(after, limit), cancellationToken))
            .ConvertAll(RevocationDocuments.Read);

    /// <inheritdoc/>
    public async ValueTask<long> ReadLastAsync(CancellationToken cancellationToken) =>
        RevocationDocuments.NumberOf(await reads.FirstAsync(DatabaseName.Platform, RevocationDocuments.Newest, cancellationToken));
}

/// <summary>Allots the numbers of revocations inside a transaction.</summary>
internal static class RevocationNumbers
{
    /// <summary>Adds them all, once a transaction, and gives the last number.</summary>
    public static async Task<long> AppendAsync(MongoUnit unit, IReadOnlyList<Revocation> revocations)
    {
        var number = RevocationDocuments.NumberOf(await unit.FirstAsync(RevocationDocuments.Newest));
        foreach (var revocation in revocations)
        {
            var document = RevocationDocuments.Write(++number, revocation);
            unit.GuardNew(MongoCollections.Revocations, document);
        }

        return number;
    }
}
