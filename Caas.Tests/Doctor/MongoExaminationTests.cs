using Caas.Engines.Doctor;
using Caas.Tests.Engines.Mongo;
using Caas.Tests.Support.MongoWireServer;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Tests.Doctor;

/// <summary>What is found out of deployments of MongoDB, good and bad, as a stand-in of the protocol tells of them.</summary>
public sealed class MongoExaminationTests : IAsyncDisposable
{
    private static readonly string[] Writing = ["create", "createIndexes", "bulkWrite", "insert", "update", "delete"];

    private readonly List<MongoWireServer> _servers = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_set_of_three_with_a_password_has_no_error()
    {
        var primary = StartThree(new MongoWireOptions { User = ("caas", "secret") });
        await AddOplogAsync(primary, TimeSpan.FromDays(3), "n");
        await using var node = await OpenAsync(primary);
        primary.ForgetCommands();

        var found = await ExamineAsync(node);

        found.Of(Severity.Error).ShouldBeEmpty();
        found.Of(Severity.Warning).ShouldBeEmpty();
        found["replica set, data members"].Found.ShouldBe("3");
        found["oplog window"].Found.ShouldBe("72.0 hours");
        found["databases"].Found.ShouldBe("1 of 1 looked at: collections, validators and indexes are there");
        found.All.Count(one => one.Subject.EndsWith(", version", StringComparison.Ordinal)).ShouldBe(3);
        primary.Commands.Select(command => command.Name).Intersect(Writing, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_member_is_an_error_and_a_warning_where_it_is_meant()
    {
        var server = Start(new MongoWireOptions());
        await using var node = await OpenAsync(server);

        (await ExamineAsync(node))["replica set, data members"].Severity.ShouldBe(Severity.Error);
        var meant = await ExamineAsync(node, Findings.Single);

        meant["replica set, data members"].Severity.ShouldBe(Severity.Warning);
        meant.Of(Severity.Error).ShouldBeEmpty();
        meant["access"].Found.ShouldBe("anybody is let in");
        meant.ShouldNameTheirCures();
    }

    [Fact]
    public async Task An_old_version_a_wrong_clock_an_arbiter_and_a_weak_default_are_told()
    {
        var server = Start(new MongoWireOptions
        {
            Set = new MongoWireSet
            {
                Version = "7.0.12",
                ClockAhead = TimeSpan.FromMinutes(2),
                Arbiters = ["127.0.0.1:1"],
                DefaultConcern = "1",
            },
        });
        await using var node = await OpenAsync(server);

        var found = await ExamineAsync(node);

        found[$"member 127.0.0.1:{server.Port}, version"].ShouldBe(Finding.Error(
            $"member 127.0.0.1:{server.Port}, version", "7.0.12", "8.0 or newer", "Upgrade it, a member at a time."));
        found[$"member 127.0.0.1:{server.Port}, clock"].Severity.ShouldBe(Severity.Error);
        found["replica set, arbiters"].Severity.ShouldBe(Severity.Error);
        found["default write concern"].Severity.ShouldBe(Severity.Warning);
        found.ShouldNameTheirCures();
    }

    [Fact]
    public async Task A_member_that_recovers_and_one_that_cannot_be_reached_are_told()
    {
        var server = Start(new MongoWireOptions { Set = new MongoWireSet { Others = ["127.0.0.1:1"], StateOfOthers = "RECOVERING" } });
        await using var node = await OpenAsync(server);

        var found = await ExamineAsync(node);

        found["member 127.0.0.1:1"].Severity.ShouldBe(Severity.Error);
        found["member 127.0.0.1:1, state"].Found.ShouldStartWith("RECOVERING");
        found["member 127.0.0.1:1, state"].Severity.ShouldBe(Severity.Error);
    }

    [Theory]
    [InlineData(0.5, "n", Severity.Error)]
    [InlineData(5, "n", Severity.Warning)]
    [InlineData(0.5, "initiating set", Severity.Ok)]
    public async Task A_short_oplog_is_told_but_not_a_young_set(double hours, string first, Severity severity)
    {
        var server = Start(new MongoWireOptions());
        await AddOplogAsync(server, TimeSpan.FromHours(hours), first);
        await using var node = await OpenAsync(server);

        (await ExamineAsync(node))["oplog window"].Severity.ShouldBe(severity);
    }

    [Fact]
    public async Task A_missing_index_collection_and_validator_are_told_by_name()
    {
        var server = Start(new MongoWireOptions());
        await using var node = await OpenAsync(server);
        var database = new MongoClient(server.ConnectionString).GetDatabase("caas_platform");
        await database.GetCollection<BsonDocument>("changes").Indexes.DropOneAsync("log_version", Ct);
        await database.DropCollectionAsync("revocations", Ct);
        await database.RunCommandAsync<BsonDocument>(new BsonDocument { { "collMod", "secrets" }, { "validator", new BsonDocument() } }, cancellationToken: Ct);

        var found = await ExamineAsync(node);

        found["database caas_platform"].Found.ShouldBe(
            "without the index log_version of changes, the validator of secrets, collection revocations");
    }

    [Fact]
    public async Task What_the_user_may_not_ask_is_told_with_the_role_that_may()
    {
        var server = Start(new MongoWireOptions());
        await using var node = await OpenAsync(server);
        foreach (var command in new[] { "replSetGetStatus", "replSetGetConfig", "getDefaultRWConcern" })
        {
            server.Fail(MongoFault.Refuse(command, MongoErrors.Unauthorized));
        }

        var found = await ExamineAsync(node);

        foreach (var subject in new[] { "replica set, votes", "replica set, states", "default write concern", "oplog window" })
        {
            found[subject].Found.ShouldBe("not told");
            found[subject].Cure.ShouldNotBeNull().ShouldContain("clusterMonitor");
        }
    }

    [Fact]
    public async Task A_server_of_its_own_is_no_replica_set()
    {
        var server = Start(new MongoWireOptions { Set = new MongoWireSet { IsStandalone = true } });
        await using var node = await MongoUnderTest.OpenNodeAsync(
            $"mongodb://127.0.0.1:{server.Port}/",
            TimeProvider.System,
            configure: null);

        (await ExamineAsync(node))["replica set"].Severity.ShouldBe(Severity.Error);
    }

    [Fact]
    public async Task A_wrong_password_and_a_set_that_is_away_are_errors_that_name_the_key_and_not_the_password()
    {
        var server = Start(new MongoWireOptions { User = ("caas", "secret") });
        await using var node = await OpenAsync(server);
        await using var wrong = Unopened(server.ConnectionString.Replace("caas:secret", "caas:hunter2", StringComparison.Ordinal));

        var refused = await ExamineAsync(wrong);
        await server.StopAsync();
        var away = await ExamineAsync(node);

        refused["reached"].Found.ShouldBe("it refuses the user or the password");
        away["reached"].Found.ShouldStartWith("no primary answers");
        foreach (var found in new[] { refused, away })
        {
            found.All.ShouldHaveSingleItem().Cure.ShouldNotBeNull().ShouldContain("ConnectionStrings:mongodb");
            found["reached"].ToString().ShouldNotContain("hunter2");
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<Findings> ExamineAsync(IServiceProvider node, Examination? how = null) =>
        Findings.OfAsync(node.GetServices<IExamination>().Single(one => one.Of == "mongodb"), how);

    private static Task<ServiceProvider> OpenAsync(MongoWireServer server) =>
        MongoUnderTest.OpenNodeAsync(server.ConnectionString, TimeProvider.System, static options =>
            options.ReadTimeout = options.WriteTimeout = options.ServerTimeout = TimeSpan.FromSeconds(5));

    private static ServiceProvider Unopened(string connectionString) => MongoUnderTest.Build(connectionString, TimeProvider.System, configure: null);

    private static async Task AddOplogAsync(MongoWireServer server, TimeSpan window, string first)
    {
        var oplog = new MongoClient(server.ConnectionString).GetDatabase("local").GetCollection<BsonDocument>("oplog.rs");
        var now = DateTimeOffset.FromUnixTimeSeconds(2_000_000_000);
        await oplog.InsertManyAsync(
            [
                new BsonDocument { ["_id"] = 1, ["ts"] = At(now - window), ["o"] = new BsonDocument("msg", first) },
                new BsonDocument { ["_id"] = 2, ["ts"] = At(now), ["o"] = new BsonDocument("msg", "periodic noop") },
            ],
            cancellationToken: Ct);

        static BsonTimestamp At(DateTimeOffset time) => new((int)time.ToUnixTimeSeconds(), 1);
    }

    private MongoWireServer Start(MongoWireOptions options)
    {
        var server = MongoWireServer.Start(options);
        _servers.Add(server);
        return server;
    }

    // Each tells of the two others, as members of one set do.
    private MongoWireServer StartThree(MongoWireOptions options)
    {
        MongoWireOptions[] all =
        [
            options,
            .. Enumerable.Range(0, 2).Select(_ => new MongoWireOptions { User = options.User, Set = new MongoWireSet { IsSecondary = true } }),
        ];
        MongoWireServer[] servers = [.. all.Select(Start)];
        foreach (var (index, one) in all.Index())
        {
            one.Set.Others = [.. servers.Where(server => server != servers[index]).Select(server => $"127.0.0.1:{server.Port}")];
        }

        return servers[0];
    }
}
