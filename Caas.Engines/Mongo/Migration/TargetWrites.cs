using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Migration;

/// <summary>
/// Reads and writes of a move: each can be repeated, and is, a few times, before the move is given up. Their time is the
/// long one of the options, because nobody waits for an answer.
/// </summary>
internal sealed class TargetWrites(MongoDatabases databases, TimeProvider clock)
{
    private const int MostTries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Runs something that can be repeated.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            using var deadline = new ReadDeadline(databases.Options.LongWriteTimeout, cancellationToken);
            try
            {
                return await work(deadline.Token);
            }
            catch (MongoException failure) when (MongoFailures.IsDuplicate(failure))
            {
                throw new MoveException(
                    "At the target a document stands in the way of another: something else than this command writes there. "
                    + failure.Message.ReplaceLineEndings(" "),
                    failure);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested && IsStorage(failure))
            {
                if (tries == MostTries)
                {
                    throw new MoveException(
                        $"ConnectionStrings:{MongoEngine.ConnectionName}: the MongoDB deployment cannot be used ({failure.GetType().Name}). "
                        + "Repeat the command when it can: it goes on where it was.",
                        failure);
                }

                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    /// <summary>Reads documents, at most the query's limit.</summary>
    public Task<List<BsonDocument>> FindAsync(DatabaseName name, Query query, CancellationToken cancellationToken) =>
        RunAsync(
            async token =>
            {
                using var cursor = await databases.In(databases.Placements.First, name).Collection(query.Collection)
                    .FindAsync(query.Filter, query.ToOptions(databases.Options.LongWriteTimeout), token);
                return await cursor.ToListAsync(token);
            },
            cancellationToken);

    /// <summary>Writes in order, held by a majority when it returns.</summary>
    public Task WriteAsync(IReadOnlyList<BulkWriteModel> models, CancellationToken cancellationToken) =>
        RunAsync(
            token => databases.Placements.First.Client.BulkWriteAsync(models, DurableWrites.AloneLong(databases.Options), token), cancellationToken);

    private static bool IsStorage(Exception failure) => failure is StorageException || MongoFailures.IsStorage(failure);
}
