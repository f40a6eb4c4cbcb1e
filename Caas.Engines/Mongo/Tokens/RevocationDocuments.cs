using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Tokens;

/// <summary>The documents of <c>revocations</c>, whose keys are 1, 2, 3 ... without gaps.</summary>
internal static class RevocationDocuments
{
    /// <summary>The newest.</summary>
    public static Query Newest { get; } = new(MongoCollections.Revocations, [])
    {
        Sort = Match.Descending(Bson.Key),
        Limit = 1,
        Fields = new BsonDocument(Bson.Key, 1),
    };

    public static Query Above(long number, int limit) =>
        new(MongoCollections.Revocations, new BsonDocument(Bson.Key, Match.Above(number)))
        {
            Sort = Match.Ascending(Bson.Key),
            Limit = limit,
        };

    /// <summary>The number of a document; 0 where there is none.</summary>
    public static long NumberOf(BsonDocument? document) => document?.Number(Bson.Key) ?? 0;

    public static BsonDocument Write(long number, Revocation revocation) => new()
    {
        { Bson.Key, number },
        { "c", Bson.Id(revocation.ClientId.Value) },
        { "t", (int)revocation.Kind },
        { "subject", revocation.Subject },
        { "at", Bson.Time(revocation.At) },
    };

    public static NumberedRevocation Read(BsonDocument document) => new(
        NumberOf(document),
        new Revocation(
            new ClientId(document.Id("c")), (RevocationKind)document.Small("t"), document.Text("subject"), document.At("at")));
}
