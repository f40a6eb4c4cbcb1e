using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Doctor;

/// <summary>A question to a deployment as a whole, which changes nothing.</summary>
internal static class MongoQuestion
{
    /// <summary>The code of what this user may not ask.</summary>
    public const int Unauthorized = 13;

    /// <summary>Asks; a <see cref="MongoException"/> where it is refused.</summary>
    public static Task<BsonDocument> AskAsync(IMongoClient client, string command, CancellationToken cancellationToken) =>
        client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument(command, 1), ReadPreference.PrimaryPreferred, cancellationToken);

    /// <summary>The same; null where this user may not ask, or the server does not know the question.</summary>
    public static async Task<BsonDocument?> TryAsync(IMongoClient client, string command, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(client, command, cancellationToken).ConfigureAwait(false);
        }
        catch (MongoCommandException)
        {
            return null;
        }
    }

    /// <summary>A number of any type, or another where there is none.</summary>
    public static long NumberOr(this BsonDocument document, string name, long otherwise) =>
        document.TryGetValue(name, out var value) && value.IsNumeric ? value.ToInt64() : otherwise;
}
