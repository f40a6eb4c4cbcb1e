using Caas.Tests.Support.MongoWireServer;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Tests.Engines.Mongo;

/// <summary>The stand-in for MongoDB: change streams.</summary>
public sealed class MongoWireChangeStreamTests : MongoWireClient
{
    [Fact]
    public async Task Changes_come_in_the_order_of_the_commits_and_those_of_a_transaction_together()
    {
        await InsertAsync("{ _id: 0 }");
        using var stream = await Database.WatchAsync(cancellationToken: Ct);
        using var session = await Client.StartSessionAsync(cancellationToken: Ct);
        session.StartTransaction();
        await Things.InsertOneAsync(session, Json("{ _id: 1 }"), cancellationToken: Ct);
        await InsertAsync("{ _id: 2 }");
        await Things.DeleteOneAsync(session, Json("{ _id: 0 }"), cancellationToken: Ct);
        await session.CommitTransactionAsync(Ct);
        var changes = await TakeAsync(stream, 3);
        changes.Select(change => $"{change.OperationType} {change.DocumentKey["_id"]}")
            .ShouldBe(["Insert 2", "Insert 1", "Delete 0"]);
        changes[1].ClusterTime.ShouldBe(changes[2].ClusterTime);
        changes[0].FullDocument.ShouldBe(Json("{ _id: 2 }"));
    }

    [Fact]
    public async Task A_stream_of_the_cluster_sees_every_database_through_its_pipeline()
    {
        var pipeline = new EmptyPipelineDefinition<ChangeStreamDocument<BsonDocument>>()
            .AppendStage<ChangeStreamDocument<BsonDocument>, ChangeStreamDocument<BsonDocument>, ChangeStreamDocument<BsonDocument>>(
                Json("{ $match: { 'ns.coll': 'outbox', operationType: 'insert' } }"));
        using var stream = await Client.WatchAsync(pipeline, cancellationToken: Ct);
        await InsertAsync("{ _id: 1 }");
        foreach (var database in (string[])["one", "two"])
        {
            var outbox = Client.GetDatabase(database).GetCollection<BsonDocument>("outbox");
            await outbox.InsertOneAsync(Json("{ _id: 1 }"), cancellationToken: Ct);
        }

        (await TakeAsync(stream, 2)).Select(change => change.DatabaseNamespace.DatabaseName).ShouldBe(["one", "two"]);
        Server.Commands.Single(command => command.Name == "aggregate").Document["pipeline"][0]["$changeStream"]
            .ShouldBe(Json("{ allChangesForCluster: true }"));
    }

    [Fact]
    public async Task An_update_tells_what_changed_and_the_document_when_it_is_asked_for()
    {
        await InsertAsync("{ _id: 1, a: 1, b: { c: 1, d: 1 } }");
        var options = new ChangeStreamOptions { FullDocument = ChangeStreamFullDocumentOption.UpdateLookup };
        using var stream = await Things.WatchAsync(options, Ct);
        var update = Json("{ $set: { 'b.c': 2 }, $unset: { a: 1 } }");
        await Things.UpdateOneAsync(Json("{ _id: 1 }"), update, cancellationToken: Ct);
        var change = (await TakeAsync(stream, 1))[0];
        change.UpdateDescription.UpdatedFields.ShouldBe(Json("{ 'b.c': 2 }"));
        change.UpdateDescription.RemovedFields.ShouldBe(["a"]);
        change.FullDocument.ShouldBe(Json("{ _id: 1, b: { c: 2, d: 1 } }"));
    }

    [Fact]
    public async Task A_stream_goes_on_after_its_token_and_after_a_time()
    {
        await InsertAsync("{ _id: 0 }");
        using var before = await Things.WatchAsync(cancellationToken: Ct);
        await InsertAsync("{ _id: 1 }");
        await InsertAsync("{ _id: 2 }");
        var first = (await TakeAsync(before, 2))[0];
        using var resumed = await Things.WatchAsync(new ChangeStreamOptions { ResumeAfter = first.ResumeToken }, Ct);
        (await TakeAsync(resumed, 1))[0].DocumentKey["_id"].ShouldBe(2);
        using var timed = await Things.WatchAsync(new ChangeStreamOptions { StartAtOperationTime = first.ClusterTime }, Ct);
        (await TakeAsync(timed, 2)).Select(change => change.DocumentKey["_id"].AsInt32).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_stream_waits_for_the_next_change_and_has_a_token_even_when_nothing_came()
    {
        var options = new ChangeStreamOptions { MaxAwaitTime = TimeSpan.FromMilliseconds(50) };
        using var stream = await Things.WatchAsync(options, Ct);
        (await stream.MoveNextAsync(Ct)).ShouldBeTrue();
        stream.Current.ShouldBeEmpty();
        stream.GetResumeToken().ShouldNotBeNull();

        using var patient = await Things.WatchAsync(new ChangeStreamOptions { MaxAwaitTime = TimeSpan.FromMinutes(1) }, Ct);
        await patient.MoveNextAsync(Ct);
        var asked = Server.NextCommandAsync(command => command.Name == "getMore");
        var moved = patient.MoveNextAsync(Ct);
        await asked;
        await InsertAsync("{ _id: 1 }");
        (await moved).ShouldBeTrue();
        patient.Current.Single().DocumentKey["_id"].ShouldBe(1);
    }

    [Fact]
    public async Task A_driver_resumes_a_stream_by_itself_when_the_server_was_away()
    {
        using var stream = await Things.WatchAsync(cancellationToken: Ct);
        await InsertAsync("{ _id: 1 }");
        await TakeAsync(stream, 1);
        await Server.StopAsync();
        Server.Listen();
        await InsertAsync("{ _id: 2 }");
        (await TakeAsync(stream, 1))[0].DocumentKey["_id"].ShouldBe(2);
    }

    [Fact]
    public async Task A_token_that_is_too_old_is_refused_for_good()
    {
        using var stream = await Things.WatchAsync(cancellationToken: Ct);
        await InsertAsync("{ _id: 1 }");
        var token = (await TakeAsync(stream, 1))[0].ResumeToken;
        await InsertAsync("{ _id: 2 }");
        Server.ForgetHistory();
        var lost = await Should.ThrowAsync<MongoCommandException>(
            () => Things.WatchAsync(new ChangeStreamOptions { ResumeAfter = token }, Ct));
        lost.Code.ShouldBe(MongoErrors.ChangeStreamHistoryLost);
        lost.HasErrorLabel("NonResumableChangeStreamError").ShouldBeTrue();
    }

    [Fact]
    public async Task Dropping_a_collection_ends_its_stream()
    {
        await InsertAsync("{ _id: 1 }");
        using var stream = await Things.WatchAsync(cancellationToken: Ct);
        await Database.DropCollectionAsync("things", Ct);
        (await TakeAsync(stream, 2)).Select(change => change.OperationType)
            .ShouldBe([ChangeStreamOperationType.Drop, ChangeStreamOperationType.Invalidate]);
        (await stream.MoveNextAsync(Ct)).ShouldBeFalse();
    }

    private static async Task<List<ChangeStreamDocument<BsonDocument>>> TakeAsync(
        IChangeStreamCursor<ChangeStreamDocument<BsonDocument>> stream, int count)
    {
        var changes = new List<ChangeStreamDocument<BsonDocument>>();
        while (changes.Count < count && await stream.MoveNextAsync(Ct))
        {
            changes.AddRange(stream.Current);
        }

        changes.Count.ShouldBe(count);
        return changes;
    }
}
