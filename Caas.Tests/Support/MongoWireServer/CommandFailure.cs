using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer;

/// <summary>An error that a command answers with, or one statement of a batch.</summary>
internal sealed class CommandFailure(int code, string message) : Exception(message)
{
    public int Code => code;

    /// <summary>What stands beside the code and the message, such as the key of a duplicate.</summary>
    public BsonDocument Details { get; init; } = [];

    public IReadOnlyList<string> Labels { get; init; } = [];

    public static CommandFailure BadValue(string message) => new(MongoErrors.BadValue, message);

    public static CommandFailure WriteConflict() =>
        new(MongoErrors.WriteConflict, "Write conflict: the document was changed by another transaction; retry this one");
}
