using Caas.Tests.Support.MongoWireServer.Query;
using Caas.Tests.Support.MongoWireServer.Storage;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>What makes, lists and drops collections and databases.</summary>
internal static class CatalogCommands
{
    public static readonly string[] CollectionOptions = ["validator", "validationLevel", "validationAction", "collation"];

    public static BsonDocument Create(CommandCall call)
    {
        Concerns.CheckQuery(call.Document, null);
        CheckValidation(call);
        if (call.Existing() is { } existing)
        {
            return existing.Options.GetValue("validator", new BsonDocument()).Equals(call.Part("validator"))
                ? []
                : throw new CommandFailure(MongoErrors.NamespaceExists, $"namespace {existing.Namespace} already exists");
        }

        Validate(call, call.GetOrCreate());
        return [];
    }

    public static BsonDocument Modify(CommandCall call)
    {
        var collection = CommandCall.Quiet(call.Existing()) ?? throw NotFound(call);
        CheckValidation(call);
        Validate(call, collection);
        return [];
    }

    public static BsonDocument Drop(CommandCall call)
    {
        var collection = CommandCall.Quiet(call.Existing());
        return call.Store.Drop(call.Database, call.Document[0].AsString)
            ? new BsonDocument { ["ns"] = collection!.Namespace, ["nIndexesWas"] = collection.Indexes.Count }
            : [];
    }

    public static BsonDocument DropDatabase(CommandCall call)
    {
        foreach (var collection in call.Store.Collections(call.Database))
        {
            CommandCall.Quiet(collection);
        }

        call.Store.Drop(call.Database);
        return new BsonDocument("dropped", call.Database);
    }

    public static BsonDocument ListCollections(CommandCall call)
    {
        var filter = Filter.Parse(call.Part("filter"));
        var entries = call.Store.Collections(call.Database).Select(Entry).Where(filter.Matches);
        if (call.Flag("nameOnly"))
        {
            entries = entries.Select(entry => new BsonDocument { ["name"] = entry["name"], ["type"] = entry["type"] });
        }

        return ReadCommands.Whole(call, entries, "$cmd.listCollections");
    }

    public static BsonDocument ListDatabases(CommandCall call)
    {
        var filter = Filter.Parse(call.Part("filter"));
        var nameOnly = call.Flag("nameOnly");
        var entries = call.Store.Databases
            .Select(name => new BsonDocument("name", name).AddRange(nameOnly ? [] : Size(call, name)))
            .Where(filter.Matches);
        return new BsonDocument { ["databases"] = new BsonArray(entries), ["totalSize"] = 0L };
    }

    public static CommandFailure NotFound(CommandCall call) =>
        new(MongoErrors.NamespaceNotFound, $"ns does not exist: {call.Database}.{call.Document[0]}");

    // Before anything is made: a refused validator leaves nothing behind.
    private static void CheckValidation(CommandCall call)
    {
        Filter.Parse(call.Part("validator"));
        if (call.Optional("validationLevel") is { } level && level != "strict")
        {
            throw CommandFailure.BadValue($"This server does not know the validation level {level}");
        }

        if (call.Optional("validationAction") is { } action && action != "error")
        {
            throw CommandFailure.BadValue($"This server does not know the validation action {action}");
        }
    }

    private static void Validate(CommandCall call, DocumentCollection collection)
    {
        if (call.Optional("validator") is BsonDocument validator)
        {
            collection.Validate(validator);
        }
    }

    private static BsonDocument Entry(DocumentCollection collection) => new()
    {
        ["name"] = collection.Name,
        ["type"] = "collection",
        ["options"] = collection.Options,
        ["info"] = new BsonDocument { ["readOnly"] = false, ["uuid"] = collection.Uuid },
        ["idIndex"] = collection.Indexes[0].Specification,
    };

    private static BsonDocument Size(CommandCall call, string database) => new()
    {
        ["sizeOnDisk"] = 0L,
        ["empty"] = !call.Store.Collections(database).Any(),
    };
}
