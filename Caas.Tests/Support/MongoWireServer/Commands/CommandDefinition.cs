using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>What a command is, which decides where it may run and which concerns it takes.</summary>
internal enum CommandKind
{
    /// <summary>Needs no credential.</summary>
    Open,
    Session,
    Read,
    Write,
    Catalog,
}

/// <summary>A command that the server knows, with the fields that it knows of it; any other field is refused.</summary>
internal sealed record CommandDefinition(CommandKind Kind, Func<CommandCall, BsonDocument> Run, params string[] Fields)
{
    private static readonly string[] Everywhere =
        ["$db", "lsid", "$clusterTime", "$readPreference", "comment", "maxTimeMS"];

    private static readonly string[] Transactional = ["txnNumber", "autocommit", "startTransaction", "readConcern"];

    public void Check(BsonDocument command)
    {
        foreach (var name in command.Names.Skip(1).Where(name => !Knows(name)))
        {
            throw new CommandFailure(
                MongoErrors.UnknownField, $"BSON field '{command.GetElement(0).Name}.{name}' is an unknown field.");
        }

        Concerns.Check(command);
    }

    private bool Knows(string name) =>
        Fields.Contains(name, StringComparer.Ordinal)
        || Everywhere.Contains(name, StringComparer.Ordinal)
        || (Kind is not CommandKind.Open && Transactional.Contains(name, StringComparer.Ordinal))
        || (Kind is CommandKind.Write or CommandKind.Catalog or CommandKind.Session && name == "writeConcern");
}
