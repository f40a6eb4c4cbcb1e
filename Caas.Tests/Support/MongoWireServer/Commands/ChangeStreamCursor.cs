using Caas.Tests.Support.MongoWireServer.Query;
using Caas.Tests.Support.MongoWireServer.Storage;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>A change stream over a collection, a database or all of them, in the order of the commits.</summary>
internal sealed class ChangeStreamCursor : ServerCursor
{
    private readonly string? _database;
    private readonly string? _collection;
    private readonly bool _looksUp;
    private readonly RunStage[] _stages;
    private ChangePosition _position;
    private bool _isInvalid;

    private ChangeStreamCursor(CommandCall call, BsonDocument options, RunStage[] stages)
    {
        _database = options.GetValue("allChangesForCluster", false).ToBoolean() ? null : call.Database;
        _collection = (call.Document[0] as BsonString)?.Value;
        _looksUp = options.GetValue("fullDocument", "default") switch
        {
            { AsString: "default" } => false,
            { AsString: "updateLookup" } => true,
            var other => throw CommandFailure.BadValue($"This server does not know fullDocument: {other}"),
        };
        _stages = stages;
        _position = Start(call, options);
    }

    public override bool IsDone => _isInvalid;

    public override BsonDocument ResumeToken => _position.Token;

    public static ChangeStreamCursor Open(CommandCall call, BsonElement[] pipeline)
    {
        var options = WriteBatch.Fields(
            pipeline[0].Value.AsBsonDocument, "$changeStream",
            "fullDocument", "resumeAfter", "startAfter", "startAtOperationTime", "allChangesForCluster");
        if (pipeline.Skip(1).FirstOrDefault(stage => stage.Name is not ("$match" or "$project" or "$set" or "$addFields"))
            is { Name: not null } unknown)
        {
            throw new CommandFailure(MongoErrors.IllegalOperation, $"{unknown.Name} is not known in a change stream");
        }

        var cursor = new ChangeStreamCursor(call, options, [.. pipeline.Skip(1).Select(Stage.Parse)]);

        // A start that has fallen out of the log is refused at once.
        _ = call.Store.Changes.After(cursor._position);
        return cursor;
    }

    public override IReadOnlyList<BsonDocument> Next(CommandCall call, int size, bool isFirst)
    {
        var waiting = call.Store.Changes.Changed;
        var batch = Read(call, size == 0 && !isFirst ? int.MaxValue : size);
        return batch.Count > 0 || isFirst || _isInvalid || call.HasExpired ? batch : throw new BlockedException(waiting);
    }

    private static ChangePosition Start(CommandCall call, BsonDocument options)
    {
        if ((options.GetValue("resumeAfter", null) ?? options.GetValue("startAfter", null)) is BsonDocument token)
        {
            return ChangePosition.Parse(token);
        }

        return options.TryGetValue("startAtOperationTime", out var time)
            ? new ChangePosition(time.AsBsonTimestamp.Value - 1, ChangePosition.End)
            : new ChangePosition(call.Store.LastTime, ChangePosition.End);
    }

    private List<BsonDocument> Read(CommandCall call, int size)
    {
        var batch = new List<BsonDocument>();
        foreach (var change in call.Store.Changes.After(_position))
        {
            if (_isInvalid || batch.Count >= size)
            {
                return batch;
            }

            _position = change.Position;
            Show(call, change, batch);
        }

        // Past everything there is, so that a client that resumes need not read again what it did not want.
        if (!_isInvalid && batch.Count < size && _position.Time < call.Store.LastTime)
        {
            _position = new ChangePosition(call.Store.LastTime, ChangePosition.End);
        }

        return batch;
    }

    private void Show(CommandCall call, ChangeEvent change, List<BsonDocument> batch)
    {
        var isMine = (_database is null || _database == change.Database)
            && (_collection is null || _collection == change.Collection || change.Operation == "dropDatabase");
        if (!isMine)
        {
            return;
        }

        batch.AddRange(Staged(Render(call, change)));
        var isOver = _collection is not null ? change.Operation is "drop" : change.Operation == "dropDatabase";
        if (isOver && _database is not null)
        {
            _isInvalid = true;
            batch.AddRange(Staged((change with { Operation = "invalidate" }).Render()));
        }
    }

    private BsonDocument Render(CommandCall call, ChangeEvent change)
    {
        var rendered = change.Render();
        if (_looksUp && change.Operation == "update")
        {
            var collection = call.Store.Find(change.Database, change.Collection!);
            var now = collection is null ? null : call.Run(transaction => collection
                .Find(transaction, Filter.Parse(change.DocumentKey!)).Select(match => match.Document).FirstOrDefault());
            rendered["fullDocument"] = now ?? (BsonValue)BsonNull.Value;
        }

        return rendered;
    }

    private List<BsonDocument> Staged(BsonDocument change) =>
        [.. _stages.Aggregate<RunStage, IEnumerable<BsonDocument>>([change], (documents, stage) => stage(documents))];
}
