using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>What an update does: a replacement, operators, or a pipeline of <c>$set</c> and <c>$unset</c>.</summary>
internal sealed class Update
{
    private readonly Func<BsonDocument, UpdateMoment, BsonDocument> _apply;

    private Update(Func<BsonDocument, UpdateMoment, BsonDocument> apply, bool isReplacement)
    {
        _apply = apply;
        IsReplacement = isReplacement;
    }

    public bool IsReplacement { get; }

    public static Update Parse(BsonValue specification) => specification switch
    {
        BsonArray stages => Stages(stages),
        BsonDocument document when FilterOperators.IsOperators(document, out _) => Operators(document),
        BsonDocument document => new Update((old, _) => Replace(old, document), isReplacement: true),
        _ => throw new CommandFailure(MongoErrors.FailedToParse, "An update is a document or an array of stages"),
    };

    /// <summary>The document after the update; the old one stays as it is.</summary>
    public BsonDocument Apply(BsonDocument old, UpdateMoment moment)
    {
        var changed = _apply(old, moment);
        if (old.TryGetValue("_id", out var id)
            && !BsonOrder.Instance.Equals(id, changed.GetValue("_id", BsonNull.Value)))
        {
            throw new CommandFailure(
                MongoErrors.ImmutableField, "An update on the path '_id' would modify the immutable field '_id'");
        }

        return changed;
    }

    private static BsonDocument Replace(BsonDocument old, BsonDocument replacement)
    {
        var changed = replacement.DeepClone().AsBsonDocument;
        if (old.TryGetValue("_id", out var id) && !changed.Contains("_id"))
        {
            changed.InsertAt(0, new BsonElement("_id", id));
        }

        return changed;
    }

    private static Update Operators(BsonDocument document)
    {
        var steps = document.SelectMany(UpdateOperators.Parse).ToArray();
        for (var i = 0; i < steps.Length; i++)
        {
            var path = steps[i].Path;
            if (steps.Take(i).Any(other => path.Overlaps(other.Path)))
            {
                throw new CommandFailure(
                    MongoErrors.ConflictingUpdateOperators, $"Updating the path '{path.Text}' would create a conflict");
            }
        }

        return new Update((old, moment) => Mutate(old, moment, steps), isReplacement: false);
    }

    private static BsonDocument Mutate(BsonDocument old, UpdateMoment moment, UpdateStep[] steps)
    {
        var changed = old.DeepClone().AsBsonDocument;
        foreach (var step in steps)
        {
            step.Apply(changed, moment);
        }

        return changed;
    }

    private static Update Stages(BsonArray stages)
    {
        var unknown = stages.FirstOrDefault(
            stage => stage.AsBsonDocument.GetElement(0).Name is not ("$set" or "$addFields" or "$unset"));
        if (unknown is not null)
        {
            throw CommandFailure.BadValue($"This stage is not known to this server in an update: {unknown}");
        }

        var steps = stages.Select(stage => Stage.Reshape(stage.AsBsonDocument.GetElement(0))).ToArray();
        return new Update(
            (old, _) => steps.Aggregate(old.DeepClone().AsBsonDocument, (changed, step) => step(changed)),
            isReplacement: false);
    }
}

/// <summary>When an update happens: whether it inserts, and which time it is.</summary>
internal readonly record struct UpdateMoment(bool IsInsert, DateTimeOffset Now, BsonTimestamp ClusterTime);
