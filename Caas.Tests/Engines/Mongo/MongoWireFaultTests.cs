using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caas.Tests.Support.MongoWireServer;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Tests.Engines.Mongo;

/// <summary>The stand-in for MongoDB: what goes wrong on demand, what it records, whom it lets in.</summary>
public sealed class MongoWireFaultTests : MongoWireClient
{
    [Fact]
    public async Task A_transient_error_is_retried_by_the_whole_transaction()
    {
        var fault = Server.Fail(MongoFault.Refuse("insert", MongoErrors.WriteConflict) with { Times = 2 });
        using var session = await Client.StartSessionAsync(cancellationToken: Ct);
        var runs = 0;
        await session.WithTransactionAsync(
            async (inner, ct) =>
            {
                runs++;
                await Things.InsertOneAsync(inner, Json("{ _id: 1 }"), cancellationToken: ct);
                return true;
            },
            cancellationToken: Ct);
        await fault.Spent;
        runs.ShouldBe(3);
        (await IdsAsync("{ }")).ShouldBe("1");
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_committed_once_and_its_result_unknown()
    {
        Server.Fail(MongoFault.LoseAnswer("commitTransaction") with { Times = 2 });
        using var session = await Client.StartSessionAsync(cancellationToken: Ct);
        session.StartTransaction();
        await Things.InsertOneAsync(session, Json("{ _id: 1 }"), cancellationToken: Ct);
        var unknown = await Should.ThrowAsync<MongoException>(() => session.CommitTransactionAsync(Ct));
        unknown.HasErrorLabel("UnknownTransactionCommitResult").ShouldBeTrue();
        await session.CommitTransactionAsync(Ct);
        (await IdsAsync("{ }")).ShouldBe("1");
    }

    [Fact]
    public async Task A_commit_that_was_refused_by_a_primary_that_steps_down_can_be_repeated()
    {
        Server.Fail(MongoFault.Refuse("commitTransaction", MongoErrors.NotWritablePrimary));
        using var session = await Client.StartSessionAsync(cancellationToken: Ct);
        session.StartTransaction();
        await Things.InsertOneAsync(session, Json("{ _id: 1 }"), cancellationToken: Ct);
        await session.CommitTransactionAsync(Ct);
        Server.Commands.Count(command => command.Name == "commitTransaction").ShouldBe(2);
        (await IdsAsync("{ }")).ShouldBe("1");
    }

    [Fact]
    public async Task A_write_that_meets_no_primary_is_retried_once()
    {
        Server.Fail(MongoFault.Refuse("insert", MongoErrors.NotWritablePrimary));
        await InsertAsync("{ _id: 1 }");
        Server.Fail(MongoFault.Refuse("insert", MongoErrors.NotWritablePrimary) with { Times = 2 });
        (await Should.ThrowAsync<MongoNotPrimaryException>(() => InsertAsync("{ _id: 2 }")))
            .HasErrorLabel("RetryableWriteError").ShouldBeTrue();
        (await IdsAsync("{ }")).ShouldBe("1");
    }

    [Fact]
    public async Task A_write_concern_that_fails_leaves_the_write()
    {
        Server.Fail(MongoFault.WriteConcern("insert") with { When = command => command.Database == "shop" });
        await Client.GetDatabase("other").GetCollection<BsonDocument>("x").InsertOneAsync([], cancellationToken: Ct);
        (await Should.ThrowAsync<MongoWriteException>(() => Things.InsertOneAsync(Json("{ _id: 1 }"), cancellationToken: Ct)))
            .WriteConcernError.Code.ShouldBe(MongoErrors.WriteConcernTimeout);
        (await IdsAsync("{ }")).ShouldBe("1");
    }

    [Fact]
    public async Task A_server_that_is_away_comes_back_on_its_port_with_its_data()
    {
        await InsertAsync("{ _id: 1 }");
        await Server.StopAsync();
        var away = await Record.ExceptionAsync(() => IdsAsync("{ }"));
        (away is TimeoutException or MongoConnectionException).ShouldBeTrue();
        Server.Listen();
        (await IdsAsync("{ }")).ShouldBe("1");
    }

    [Fact]
    public async Task A_server_that_stalls_takes_commands_and_answers_when_it_resumes()
    {
        await InsertAsync("{ _id: 1 }");
        Server.Stall();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        impatient.CancelAfter(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(
            () => Things.CountDocumentsAsync(Json("{ }"), cancellationToken: impatient.Token));
        Server.Resume();
        (await IdsAsync("{ }")).ShouldBe("1");
    }

    [Fact]
    public async Task A_command_is_held_back_as_long_as_it_is_told()
    {
        var time = new FakeTimeProvider();
        await using var server = MongoWireServer.Start(new MongoWireOptions { Time = time });
        using var client = new MongoClient(server.ConnectionString);
        server.Fail(MongoFault.Slow("ping", TimeSpan.FromMinutes(1)));
        var arrived = server.NextCommandAsync(command => command.Name == "ping");
        var pinged = client.GetDatabase("admin").RunCommandAsync<BsonDocument>(Json("{ ping: 1 }"), cancellationToken: Ct);
        await arrived;
        while (!pinged.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        await pinged;
    }

    [Fact]
    public async Task A_transaction_ends_with_its_lifetime()
    {
        var time = new FakeTimeProvider();
        await using var server = MongoWireServer.Start(new MongoWireOptions { Time = time });
        using var client = new MongoClient(server.ConnectionString);
        using var session = await client.StartSessionAsync(cancellationToken: Ct);
        session.StartTransaction();
        var things = client.GetDatabase("shop").GetCollection<BsonDocument>("things");
        await things.InsertOneAsync(session, Json("{ _id: 1 }"), cancellationToken: Ct);
        time.Advance(TimeSpan.FromSeconds(61));
        (await Should.ThrowAsync<MongoCommandException>(() => session.CommitTransactionAsync(Ct)))
            .Code.ShouldBe(MongoErrors.NoSuchTransaction);
    }

    [Fact]
    public async Task Every_command_is_recorded_with_its_concerns_and_filters()
    {
        var durable = Things.WithWriteConcern(WriteConcern.WMajority.With(journal: true)).WithReadConcern(ReadConcern.Majority);
        await durable.UpdateOneAsync(Json("{ _id: 1, version: 4 }"), Json("{ $set: { n: 1 } }"), cancellationToken: Ct);
        await durable.DeleteOneAsync(Json("{ _id: 2 }"), Ct);
        using var cursor = await durable.FindAsync(Json("{ _id: 3 }"), cancellationToken: Ct);
        var seen = Server.Commands.Where(command => command.Database == "shop").ToArray();
        seen.Select(command => command.Name).ShouldBe(["update", "delete", "find"]);
        seen.SelectMany(command => command.Filters)
            .ShouldBe([Json("{ _id: 1, version: 4 }"), Json("{ _id: 2 }"), Json("{ _id: 3 }")]);
        seen[0].WriteConcern.ShouldBe(Json("{ w: 'majority', j: true }"));
        seen[0].TransactionNumber.ShouldNotBeNull();
        seen[2].ReadConcern!["level"].ShouldBe("majority");
        seen.ShouldAllBe(command => command.Collection == "things" && command.SessionId != null);
    }

    [Fact]
    public async Task Only_who_knows_the_password_may_speak()
    {
        await using var server = MongoWireServer.Start(new MongoWireOptions { User = ("caas_admin", "s3cret=,%") });
        using var known = new MongoClient(server.ConnectionString);
        (await (await known.ListDatabaseNamesAsync(Ct)).ToListAsync(Ct)).ShouldBeEmpty();
        using var guessing = new MongoClient(server.ConnectionString.Replace("s3cret", "secret", StringComparison.Ordinal));
        await Should.ThrowAsync<MongoAuthenticationException>(() => guessing.ListDatabaseNamesAsync(Ct));
        using var nobody = new MongoClient($"mongodb://127.0.0.1:{server.Port}/?replicaSet=rs0");
        (await Should.ThrowAsync<MongoCommandException>(() => nobody.ListDatabaseNamesAsync(Ct)))
            .Code.ShouldBe(MongoErrors.Unauthorized);
    }

    [Fact]
    public async Task A_server_with_a_certificate_speaks_tls()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await using var server = MongoWireServer.Start(new MongoWireOptions { Certificate = certificate });
        var settings = MongoClientSettings.FromConnectionString(server.ConnectionString);
        settings.SslSettings = new SslSettings
        {
            ServerCertificateValidationCallback =
                (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString(),
        };
        using var client = new MongoClient(settings);
        (await (await client.ListDatabaseNamesAsync(Ct)).ToListAsync(Ct)).ShouldBeEmpty();
    }
}
