using Caas.Tests.Support.MongoWireServer;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Tests.Engines.Mongo;

/// <summary>The stand-in for MongoDB: sessions, transactions and retried writes.</summary>
public sealed class MongoWireTransactionTests : MongoWireClient
{
    private const string Transient = "TransientTransactionError";

    [Fact]
    public async Task What_a_transaction_wrote_is_seen_after_its_commit_only()
    {
        using var session = await BeginAsync();
        await Things.InsertOneAsync(session, Json("{ _id: 1 }"), cancellationToken: Ct);
        (await FindAsync(session, "{ }")).Count.ShouldBe(1);
        (await IdsAsync("{ }")).ShouldBe(string.Empty);
        await session.CommitTransactionAsync(Ct);
        (await IdsAsync("{ }")).ShouldBe("1");
    }

    [Fact]
    public async Task What_was_aborted_was_never_there()
    {
        await InsertAsync("{ _id: 1, n: 1 }");
        using var session = await BeginAsync();
        await Things.InsertOneAsync(session, Json("{ _id: 2 }"), cancellationToken: Ct);
        await Things.UpdateOneAsync(session, Json("{ _id: 1 }"), Json("{ $inc: { n: 1 } }"), cancellationToken: Ct);
        await session.AbortTransactionAsync(Ct);
        (await ThingAsync(1)).ShouldBe(Json("{ _id: 1, n: 1 }"));
        await InsertAsync("{ _id: 2 }");
    }

    [Fact]
    public async Task A_transaction_reads_its_snapshot_whatever_is_committed_meanwhile()
    {
        await InsertAsync("{ _id: 1, n: 1 }");
        using var session = await BeginAsync();
        (await FindAsync(session, "{ n: 1 }")).Count.ShouldBe(1);
        await Things.UpdateOneAsync(Json("{ _id: 1 }"), Json("{ $set: { n: 2 } }"), cancellationToken: Ct);
        await InsertAsync("{ _id: 2, n: 1 }");
        (await FindAsync(session, "{ n: 1 }")).Single()["_id"].ShouldBe(1);
        (await IdsAsync("{ n: 1 }")).ShouldBe("2");
    }

    [Fact]
    public async Task A_lost_update_is_refused()
    {
        await InsertAsync("{ _id: 1, n: 1 }");
        using var session = await BeginAsync();
        var read = (await FindAsync(session, "{ _id: 1 }")).Single();
        await Things.UpdateOneAsync(Json("{ _id: 1 }"), Json("{ $inc: { n: 10 } }"), cancellationToken: Ct);
        var lost = await Should.ThrowAsync<MongoCommandException>(() => Things.UpdateOneAsync(
            session,
            Json("{ _id: 1 }"),
            new BsonDocument("$set", new BsonDocument("n", read["n"].AsInt32 + 1)),
            cancellationToken: Ct));
        (lost.Code, lost.HasErrorLabel(Transient)).ShouldBe((MongoErrors.WriteConflict, true));
        var gone = await Should.ThrowAsync<MongoCommandException>(() => session.CommitTransactionAsync(Ct));
        (gone.Code, gone.HasErrorLabel(Transient)).ShouldBe((MongoErrors.NoSuchTransaction, true));
        (await ThingAsync(1))["n"].ShouldBe(11);
    }

    [Fact]
    public async Task The_first_of_two_transactions_that_write_a_document_wins()
    {
        await InsertAsync("{ _id: 1, n: 0 }");
        using var first = await BeginAsync();
        using var second = await BeginAsync();
        await Things.UpdateOneAsync(first, Json("{ _id: 1 }"), Json("{ $inc: { n: 1 } }"), cancellationToken: Ct);
        (await Should.ThrowAsync<MongoCommandException>(
            () => Things.UpdateOneAsync(second, Json("{ _id: 1 }"), Json("{ $inc: { n: 1 } }"), cancellationToken: Ct)))
            .HasErrorLabel(Transient).ShouldBeTrue();
        await first.CommitTransactionAsync(Ct);
        (await ThingAsync(1))["n"].ShouldBe(1);
    }

    [Fact]
    public async Task Two_transactions_that_insert_one_unique_key_conflict()
    {
        await UniqueAsync("{ n: 1 }");
        using var first = await BeginAsync();
        using var second = await BeginAsync();
        await Things.InsertOneAsync(first, Json("{ _id: 1, n: 1 }"), cancellationToken: Ct);
        (await Should.ThrowAsync<MongoCommandException>(
            () => Things.InsertOneAsync(second, Json("{ _id: 2, n: 1 }"), cancellationToken: Ct)))
            .Code.ShouldBe(MongoErrors.WriteConflict);
        await first.CommitTransactionAsync(Ct);
        (await IdsAsync("{ }")).ShouldBe("1");
    }

    [Fact]
    public async Task A_duplicate_key_ends_its_transaction()
    {
        await InsertAsync("{ _id: 1 }");
        using var session = await BeginAsync();
        BulkWriteModel[] models =
        [
            new BulkWriteInsertOneModel<BsonDocument>("shop.things", Json("{ _id: 2 }")),
            new BulkWriteInsertOneModel<BsonDocument>("shop.things", Json("{ _id: 1 }")),
        ];
        (await Should.ThrowAsync<ClientBulkWriteException>(() => Client.BulkWriteAsync(session, models, null, Ct)))
            .WriteErrors[1].Code.ShouldBe(MongoErrors.DuplicateKey);
        (await Should.ThrowAsync<MongoCommandException>(() => session.CommitTransactionAsync(Ct)))
            .Code.ShouldBe(MongoErrors.NoSuchTransaction);
        (await IdsAsync("{ }")).ShouldBe("1");
    }

    [Fact]
    public async Task A_write_outside_waits_for_the_transaction_that_it_meets()
    {
        await InsertAsync("{ _id: 1, n: 1 }");
        using var session = await BeginAsync();
        await Things.UpdateOneAsync(session, Json("{ _id: 1 }"), Json("{ $inc: { n: 1 } }"), cancellationToken: Ct);
        var arrived = Server.NextCommandAsync(command => command is { Name: "update", IsInTransaction: false });
        var outside = Things.UpdateOneAsync(Json("{ _id: 1 }"), Json("{ $inc: { n: 10 } }"), cancellationToken: Ct);
        await arrived;
        outside.IsCompleted.ShouldBeFalse();
        await session.CommitTransactionAsync(Ct);
        await outside;
        (await ThingAsync(1))["n"].ShouldBe(12);
    }

    [Fact]
    public async Task Many_increments_in_transactions_that_are_retried_lose_nothing()
    {
        await InsertAsync("{ _id: 1, n: 0 }");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var session = await Client.StartSessionAsync(cancellationToken: Ct);
            for (var i = 0; i < 5; i++)
            {
                await session.WithTransactionAsync(IncrementAsync, cancellationToken: Ct);
            }
        }));
        (await ThingAsync(1))["n"].ShouldBe(40);
    }

    [Fact]
    public async Task A_retried_write_is_applied_once_and_answers_as_the_first_time()
    {
        Server.Fail(MongoFault.LoseAnswer("update"));
        await InsertAsync("{ _id: 1, n: 0 }");
        (await Things.UpdateOneAsync(Json("{ _id: 1 }"), Json("{ $inc: { n: 1 } }"), cancellationToken: Ct))
            .ModifiedCount.ShouldBe(1);
        (await ThingAsync(1))["n"].ShouldBe(1);
        var sent = Server.Commands.Where(command => command.Name == "update").ToArray();
        sent.Length.ShouldBe(2);
        sent[0].TransactionNumber.ShouldBe(sent[1].TransactionNumber);
    }

    [Fact]
    public async Task A_bulk_write_whose_answer_is_lost_is_applied_once()
    {
        Server.Fail(MongoFault.LoseAnswer("bulkWrite"));
        BulkWriteModel[] models = [new BulkWriteInsertOneModel<BsonDocument>("shop.things", Json("{ _id: 1 }"))];
        (await Client.BulkWriteAsync(models, null, Ct)).InsertedCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_collection_cannot_be_made_or_indexed_inside_a_transaction()
    {
        using var session = await BeginAsync();
        await Things.InsertOneAsync(session, Json("{ _id: 1 }"), cancellationToken: Ct);
        var index = new CreateIndexModel<BsonDocument>(Json("{ a: 1 }"));
        (await Should.ThrowAsync<MongoCommandException>(
            () => Things.Indexes.CreateOneAsync(session, index, cancellationToken: Ct)))
            .Code.ShouldBe(MongoErrors.NotSupportedInTransaction);
    }

    private async Task<IClientSessionHandle> BeginAsync()
    {
        var session = await Client.StartSessionAsync(cancellationToken: Ct);
        session.StartTransaction();

        // The snapshot is taken with the first command.
        await FindAsync(session, "{ _id: 'nobody' }");
        return session;
    }

    private async Task<bool> IncrementAsync(IClientSessionHandle session, CancellationToken ct)
    {
        var read = (await FindAsync(session, "{ _id: 1 }")).Single();
        var next = new BsonDocument("$set", new BsonDocument("n", read["n"].AsInt32 + 1));
        await Things.UpdateOneAsync(session, Json("{ _id: 1 }"), next, cancellationToken: ct);
        return true;
    }
}
