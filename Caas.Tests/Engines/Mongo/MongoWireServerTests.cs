using Caas.Tests.Support.MongoWireServer;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Tests.Engines.Mongo;

/// <summary>The stand-in for MongoDB, through the real driver: documents, indexes, bulk writes and cursors.</summary>
public sealed class MongoWireServerTests : MongoWireClient
{
    [Fact]
    public async Task What_was_written_is_read_changed_and_deleted()
    {
        await InsertAsync("{ _id: 1, name: 'a' }", "{ _id: 2, name: 'b' }");
        var update = Json("{ $set: { name: 'c' }, $inc: { n: 5 } }");
        (await Things.UpdateOneAsync(Json("{ _id: 1 }"), update, cancellationToken: Ct))
            .ModifiedCount.ShouldBe(1);
        (await ThingAsync(1)).ShouldBe(Json("{ _id: 1, name: 'c', n: 5 }"));
        (await Things.ReplaceOneAsync(Json("{ _id: 2 }"), Json("{ x: 1 }"), cancellationToken: Ct)).MatchedCount.ShouldBe(1);
        (await ThingAsync(2)).ShouldBe(Json("{ _id: 2, x: 1 }"));
        (await Things.DeleteManyAsync(Json("{ }"), Ct)).DeletedCount.ShouldBe(2);
        (await Things.CountDocumentsAsync(Json("{ }"), cancellationToken: Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task An_upsert_inserts_once_and_updates_afterwards()
    {
        var upsert = new UpdateOptions { IsUpsert = true };
        var update = Json("{ $inc: { n: 1 }, $setOnInsert: { made: true } }");
        (await Things.UpdateOneAsync(Json("{ _id: 7, kind: 'k' }"), update, upsert, Ct)).UpsertedId.ShouldBe(7);
        (await Things.UpdateOneAsync(Json("{ _id: 7, kind: 'k' }"), update, upsert, Ct)).ModifiedCount.ShouldBe(1);
        (await ThingAsync(7)).ShouldBe(Json("{ _id: 7, kind: 'k', n: 2, made: true }"));
    }

    [Fact]
    public async Task A_document_is_found_and_changed_in_one_step()
    {
        await InsertAsync("{ _id: 1, n: 1 }", "{ _id: 2, n: 2 }");
        var greatest = new FindOneAndUpdateOptions<BsonDocument>
        {
            Sort = Json("{ n: -1 }"),
            ReturnDocument = ReturnDocument.After,
            Projection = Json("{ n: 1, _id: 0 }"),
        };
        (await Things.FindOneAndUpdateAsync(Json("{ }"), Json("{ $inc: { n: 10 } }"), greatest, Ct)).ShouldBe(Json("{ n: 12 }"));
        (await Things.FindOneAndDeleteAsync(Json("{ _id: 2 }"), cancellationToken: Ct)).ShouldBe(Json("{ _id: 2, n: 12 }"));
        (await Things.FindOneAndDeleteAsync(Json("{ _id: 2 }"), cancellationToken: Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_bulk_write_of_the_client_reaches_several_databases()
    {
        await InsertAsync("{ _id: 1, n: 1 }", "{ _id: 2, n: 1 }");
        var result = await Client.BulkWriteAsync(
            [
                new BulkWriteInsertOneModel<BsonDocument>("other.log", Json("{ _id: 'x' }")),
                new BulkWriteUpdateOneModel<BsonDocument>("shop.things", Json("{ _id: 1 }"), Json("{ $set: { n: 3 } }")),
                new BulkWriteReplaceOneModel<BsonDocument>("shop.things", Json("{ _id: 9 }"), Json("{ n: 9 }"), isUpsert: true),
                new BulkWriteDeleteOneModel<BsonDocument>("shop.things", Json("{ _id: 2 }")),
            ],
            new ClientBulkWriteOptions { VerboseResult = true },
            Ct);
        (result.InsertedCount, result.ModifiedCount, result.UpsertedCount, result.DeletedCount).ShouldBe((1, 1, 1, 1));
        result.UpdateResults[2].UpsertedId.ShouldBe(9);
        (await IdsAsync("{ }")).ShouldBe("1 9");
    }

    [Fact]
    public async Task A_bulk_write_stops_at_its_first_error_when_it_is_ordered_and_goes_on_otherwise()
    {
        BulkWriteModel[] models =
        [
            new BulkWriteInsertOneModel<BsonDocument>("shop.things", Json("{ _id: 1 }")),
            new BulkWriteInsertOneModel<BsonDocument>("shop.things", Json("{ _id: 1 }")),
            new BulkWriteInsertOneModel<BsonDocument>("shop.things", Json("{ _id: 2 }")),
        ];
        var ordered = await Should.ThrowAsync<ClientBulkWriteException>(() => Client.BulkWriteAsync(models, null, Ct));
        ordered.WriteErrors.Keys.ShouldBe([1]);
        ordered.WriteErrors[1].Code.ShouldBe(MongoErrors.DuplicateKey);
        (await IdsAsync("{ }")).ShouldBe("1");

        await Should.ThrowAsync<ClientBulkWriteException>(
            () => Client.BulkWriteAsync(models, new ClientBulkWriteOptions { IsOrdered = false }, Ct));
        (await IdsAsync("{ }")).ShouldBe("1 2");
    }

    [Fact]
    public async Task A_unique_index_holds_under_32_inserts_at_once()
    {
        await UniqueAsync("{ room: 1, n: -1 }");
        var inserts = Enumerable.Range(0, 32).Select(id => Record.ExceptionAsync(
            () => Things.InsertOneAsync(Json($"{{ _id: {id}, room: 'r', n: 1 }}"), cancellationToken: Ct)).AsTask());
        var refusals = (await Task.WhenAll(inserts)).OfType<MongoWriteException>().ToArray();
        refusals.Length.ShouldBe(31);
        refusals.ShouldAllBe(refusal => refusal.WriteError.Category == ServerErrorCategory.DuplicateKey);
        (await Things.CountDocumentsAsync(Json("{ }"), cancellationToken: Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task A_partial_unique_index_holds_for_what_its_filter_matches()
    {
        await Database.RunCommandAsync<BsonDocument>(
            Json("""
                { createIndexes: 'things', indexes: [{ name: 'by_key', key: { key: 1 }, unique: true,
                    partialFilterExpression: { key: { $type: 'string' } } }] }
                """),
            cancellationToken: Ct);
        await InsertAsync("{ _id: 1 }", "{ _id: 2 }", "{ _id: 3, key: 'a' }");
        var refusal = await Should.ThrowAsync<MongoWriteException>(
            () => Things.UpdateOneAsync(Json("{ _id: 1 }"), Json("{ $set: { key: 'a' } }"), cancellationToken: Ct));
        refusal.WriteError.Message.ShouldContain("index: by_key dup key: { \"key\" : \"a\" }");
        var names = await (await Things.Indexes.ListAsync(Ct)).ToListAsync(Ct);
        names.Select(index => index["name"].AsString).ShouldBe(["_id_", "by_key"]);
    }

    [Fact]
    public async Task An_index_can_be_repeated_and_not_redefined()
    {
        var keys = Json("{ a: 1 }");
        await Things.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(keys), cancellationToken: Ct);
        await Things.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(keys), cancellationToken: Ct);
        (await Should.ThrowAsync<MongoCommandException>(() => Things.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(keys, new CreateIndexOptions { Unique = true }), cancellationToken: Ct)))
            .Code.ShouldBe(MongoErrors.IndexKeySpecsConflict);
    }

    [Fact]
    public async Task A_validator_is_enforced_on_inserts_and_updates()
    {
        await Database.RunCommandAsync<BsonDocument>(
            Json("""
                { create: 'things', validator: { $jsonSchema: { bsonType: 'object', required: ['n'],
                    properties: { n: { bsonType: 'int', minimum: 1 }, kind: { enum: ['a', 'b'] } } } } }
                """),
            cancellationToken: Ct);
        await InsertAsync("{ _id: 1, n: 1, kind: 'a' }");
        foreach (var refused in (string[])["{ }", "{ n: 'x' }", "{ n: 0 }", "{ n: 1, kind: 'c' }"])
        {
            (await Should.ThrowAsync<MongoWriteException>(() => Things.InsertOneAsync(Json(refused), cancellationToken: Ct)))
                .WriteError.Code.ShouldBe(MongoErrors.DocumentValidationFailure);
        }

        (await Should.ThrowAsync<MongoWriteException>(
            () => Things.UpdateOneAsync(Json("{ _id: 1 }"), Json("{ $unset: { n: 1 } }"), cancellationToken: Ct)))
            .WriteError.Code.ShouldBe(MongoErrors.DocumentValidationFailure);
    }

    [Fact]
    public async Task A_cursor_goes_through_its_batches_and_is_closed()
    {
        await InsertAsync([.. Enumerable.Range(0, 250).Select(id => $"{{ _id: {id} }}")]);
        (await FindAsync("{ }", new FindOptions<BsonDocument> { BatchSize = 40 })).Count.ShouldBe(250);
        Server.Commands.Count(command => command.Name == "getMore").ShouldBe(6);
        Server.OpenCursors.ShouldBe(0);
        using (var cursor = await Things.FindAsync(Json("{ }"), cancellationToken: Ct))
        {
            await cursor.MoveNextAsync(Ct);
            Server.OpenCursors.ShouldBe(1);
        }

        Server.OpenCursors.ShouldBe(0);
    }

    [Fact]
    public async Task Collections_and_databases_are_listed_and_dropped()
    {
        await InsertAsync("{ _id: 1 }");
        await Database.CreateCollectionAsync("empty", cancellationToken: Ct);
        (await (await Database.ListCollectionNamesAsync(cancellationToken: Ct)).ToListAsync(Ct)).ShouldBe(["empty", "things"]);
        await Database.DropCollectionAsync("things", Ct);
        (await IdsAsync("{ }")).ShouldBe(string.Empty);
        (await (await Client.ListDatabaseNamesAsync(Ct)).ToListAsync(Ct)).ShouldBe(["shop"]);
        await Client.DropDatabaseAsync("shop", Ct);
        (await (await Client.ListDatabaseNamesAsync(Ct)).ToListAsync(Ct)).ShouldBeEmpty();
    }
}
