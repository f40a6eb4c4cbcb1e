using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Engines;
using Caas.Engines.Mongo;
using Caas.Engines.Mongo.Storage;
using Caas.Tests.Contracts;
using Caas.Tests.Support;
using Caas.Tests.Support.MongoWireServer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MongoDB.Driver;

namespace Caas.Tests.Engines.Mongo;

/// <summary>
/// Two deployments of MongoDB: whoever is registered gets a database in the second, and what has no row is looked for in the
/// first, as one that was registered before there was a second.
/// </summary>
public sealed class MongoPlacementTests : DocumentsContract
{
    private const string Second = "second";

    private readonly MongoUnderTest _engine;

    public MongoPlacementTests()
        : this(new MongoUnderTest(Configure) { Placements = { [Second] = MongoWireServer.Start() } })
    {
    }

    private MongoPlacementTests(MongoUnderTest engine)
        : base(engine) => _engine = engine;

    private MongoWireServer First => _engine.Server;

    private MongoWireServer Other => _engine.Placements[Second];

    private IOutbox Outbox => Port<IOutbox>();

    private string Database => "caas_" + Client;

    [Fact]
    public async Task A_client_has_its_database_where_it_was_placed_when_it_was_registered()
    {
        await RegisterAsync(Client);
        var id = await Group(Ann);
        await Send(id, Ann, "hi");

        (await EventsOf(id)).Count.ShouldBe(3);
        (await Port<IConversationReader>().ListAsync(Client, Ann, new(10, null, null, null), Ct)).Count.ShouldBe(1);
        (await DatabasesAsync(Other)).ShouldBe([Database]);
        (await DatabasesAsync(First)).ShouldBe(["caas_platform"]);
    }

    [Fact]
    public async Task It_is_still_there_when_new_clients_are_placed_elsewhere()
    {
        await RegisterAsync(Client);
        var id = await Group(Ann);
        await using var later = await MongoUnderTest.OpenNodeAsync(
            First.ConnectionString, Clock, static _ => { }, (Second, Other.ConnectionString));

        (await later.GetRequiredService<IChangeReader>().ListAsync(Client, id, 0, 10, Ct)).Count.ShouldBe(2);
        await RegisterAsync(OtherClient, later);
        (await later.GetRequiredService<IConversationLog>().CommitAsync(
            OtherClient, NewId(), NewGroup(HistoryAccess.All, Ann), CommitConditions.None, Ct)).Error.ShouldBeNull();

        (await DatabasesAsync(First)).ShouldBe(["caas_" + OtherClient, "caas_platform"], ignoreOrder: true);
        (await DatabasesAsync(Other)).ShouldBe([Database]);
    }

    [Fact]
    public async Task What_is_committed_in_either_is_relayed_once_and_in_order()
    {
        await RegisterAsync(Client);
        var here = NewId();
        var there = NewId();
        await Commit(there, NewGroup(HistoryAccess.All, Ann));
        await Commit(here, NewGroup(HistoryAccess.All, Ann), client: OtherClient);
        for (var i = 0; i < 5; i++)
        {
            await Commit(there, Text(Ann, $"{i}"));
            await Commit(here, Text(Ann, $"{i}"), client: OtherClient);
        }

        var changes = await DrainAsync(of => of.Count(change => change.ConversationId is not null) == 14);

        Versions(changes, there).ShouldBe([1, 2, 3, 4, 5, 6, 7]);
        Versions(changes, here).ShouldBe([1, 2, 3, 4, 5, 6, 7]);
    }

    [Fact]
    public async Task A_relay_goes_on_where_it_was_in_each_of_them()
    {
        await RegisterAsync(Client);
        var id = await Group(Ann);
        await DrainAsync(of => Versions(of, id).Count == 2);
        await ReopenAsync();
        First.ForgetCommands();
        Other.ForgetCommands();
        await Send(id, Ann, "after");

        Versions(await DrainAsync(of => Versions(of, id).Count > 0), id).ShouldBe([3]);
        foreach (var server in (MongoWireServer[])[First, Other])
        {
            server.Commands.ShouldNotContain(command => command.Name == "listDatabases");
        }
    }

    [Fact]
    public async Task Where_one_has_lost_its_place_its_databases_alone_are_looked_into()
    {
        await RegisterAsync(Client);
        var id = await Group(Ann);
        await DrainAsync(of => Versions(of, id).Count == 2);
        await ((IDocumentEngine)_engine).CloseAsync();
        await using (var node = await _engine.OpenNodeAsync(Clock))
        {
            await node.GetRequiredService<IConversationLog>().CommitAsync(Client, id, Text(Ann, "meanwhile"), CommitConditions.None, Ct);
        }

        Other.ForgetHistory();
        First.ForgetCommands();
        Other.ForgetCommands();
        await ReopenAsync();

        Versions(await DrainAsync(of => Versions(of, id).Count > 0), id).ShouldBe([3]);
        Other.Commands.ShouldContain(command => command.Name == "listDatabases");
        First.Commands.ShouldNotContain(command => command.Name == "listDatabases");
    }

    [Fact]
    public async Task While_one_is_away_the_clients_of_the_other_go_on_and_it_comes_back_by_itself()
    {
        await RegisterAsync(Client);
        var there = await Group(Ann);
        var here = NewId();
        await Commit(here, NewGroup(HistoryAccess.All, Ann), client: OtherClient);
        await DrainAsync(of => of.Count(change => change.ConversationId is not null) == 4);
        await Other.StopAsync();

        (await Refused(there, Text(Ann, "lost?"))).Code.ShouldBe(ErrorCatalogue.StorageUnavailable);
        await Commit(here, Text(Ann, "goes on"), client: OtherClient);
        Versions(await DrainAsync(of => Versions(of, here).Count > 0), here).ShouldBe([3]);
        var health = await Port<MongoDocuments>().CheckHealthAsync(new HealthCheckContext(), Ct);
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Description.ShouldNotBeNull().ShouldContain(Second);

        Other.Listen();
        var sent = await SentAsync(there);
        var relayed = DrainAsync(of => Versions(of, there).Contains(sent));
        await Poll.UntilAsync(
            () =>
            {
                // The relay looks again once a second, by the clock of the test.
                Clock.Advance(TimeSpan.FromSeconds(1));
                return ValueTask.FromResult(relayed.IsCompleted);
            },
            "what was sent there is relayed");
        (await Port<MongoDocuments>().CheckHealthAsync(new HealthCheckContext(), Ct)).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task An_erased_client_leaves_no_database_behind()
    {
        await RegisterAsync(Client);
        await Group(Ann);
        var clients = Port<IClientStore>();

        await clients.MarkDeletedAsync(Client, Clock.GetUtcNow(), Origin, Ct);
        await clients.EraseAsync(Client, Ct);

        (await DatabasesAsync(Other)).ShouldBeEmpty();
        (await DatabasesAsync(First)).ShouldBe(["caas_platform"]);
    }

    [Fact]
    public async Task A_process_that_does_not_know_a_deployment_touches_nothing_of_its_clients_and_does_not_start_again()
    {
        await using var ignorant = await MongoUnderTest.OpenNodeAsync(First.ConnectionString, Clock, static _ => { });
        await RegisterAsync(Client);
        var id = await Group(Ann);

        var refused = await ignorant.GetRequiredService<IConversationLog>().CommitAsync(
            Client, id, Text(Ann, "astray"), CommitConditions.None, Ct);

        refused.Error.ShouldNotBeNull().Code.ShouldBe(ErrorCatalogue.StorageUnavailable);
        (await DatabasesAsync(First)).ShouldBe(["caas_platform"]);
        (await Should.ThrowAsync<EngineStartException>(async () =>
            await MongoUnderTest.OpenNodeAsync(First.ConnectionString, Clock, static _ => { })))
            .Message.ShouldBe("ConnectionStrings:mongodb_second: is missing, and clients have their databases there ('second').");
    }

    [Theory]
    [InlineData("EU-1", "mongodb://localhost", "main", "ConnectionStrings:mongodb_EU-1: a placement's name is 1 to 30 of a-z and 0-9, and not 'main'.")]
    [InlineData("main", "mongodb://localhost", "main", "ConnectionStrings:mongodb_main: a placement's name is 1 to 30 of a-z and 0-9, and not 'main'.")]
    [InlineData("eu1", "", "main", "ConnectionStrings:mongodb_eu1: is missing: name the deployment, such as mongodb://host:27017/?replicaSet=rs0.")]
    [InlineData("eu1", "http://localhost", "main", "ConnectionStrings:mongodb_eu1: is no MongoDB connection string (MongoConfigurationException).")]
    [InlineData("eu1", "mongodb://localhost", "eu2", "Caas:Mongo:Placement: 'eu2' has no connection: set ConnectionStrings:mongodb_eu2.")]
    public async Task What_is_wrong_with_a_deployment_is_told_by_its_key(string name, string connection, string placement, string told) =>
        (await Should.ThrowAsync<EngineStartException>(async () => await MongoUnderTest.OpenNodeAsync(
            First.ConnectionString, Clock, options => options.Placement = placement, (name, connection))))
            .Message.ShouldBe(told);

    // So short that a server which is away is told soon, so long that one which is there answers on a busy machine.
    private static void Configure(MongoOptions options)
    {
        options.Placement = Second;
        options.RelayShards = 1;
        options.ServerTimeout = options.WriteTimeout = TimeSpan.FromSeconds(5);
    }

    private static async Task<List<string>> DatabasesAsync(MongoWireServer server)
    {
        using var client = new MongoClient(server.ConnectionString);
        using var names = await client.ListDatabaseNamesAsync(Ct);
        return [.. (await names.ToListAsync(Ct)).Where(static name => name.StartsWith("caas_", StringComparison.Ordinal))];
    }

    private static List<long> Versions(IEnumerable<Change> changes, ConversationId id) =>
        [.. changes.Where(change => change.ConversationId == id).Select(static change => change.Version)];

    private async Task<List<Change>> DrainAsync(Func<List<Change>, bool> isEnough)
    {
        var changes = new List<Change>();
        while (!isEnough(changes))
        {
            try
            {
                var batch = await Outbox.ReadAsync(0, 10, Ct);
                await Outbox.ConfirmAsync(batch, Ct);
                changes.AddRange(batch.Changes);
            }
            catch (Caas.Engines.Documents.StorageException)
            {
                // As the relay does: what could not be read is read again later.
            }
        }

        return changes;
    }

    // A driver that has lost its server finds it again at its next look.
    private async Task<long> SentAsync(ConversationId id)
    {
        var sent = 0L;
        await Poll.UntilAsync(
            async () =>
            {
                var result = await Log.CommitAsync(Client, id, Text(Ann, "back"), CommitConditions.None, Ct);
                sent = result.Value?.Changes[^1].Version ?? 0;
                return result.Error is null;
            },
            "the second deployment is written again");
        return sent;
    }

    private Task RegisterAsync(ClientId id) => RegisterAsync(id, Port<IClientStore>());

    private Task RegisterAsync(ClientId id, IServiceProvider node) => RegisterAsync(id, node.GetRequiredService<IClientStore>());

    private async Task RegisterAsync(ClientId id, IClientStore clients)
    {
        var at = Clock.GetUtcNow();
        var application = new Application
        {
            Id = new AppId(Guid.CreateVersion7()),
            Name = "App",
            Label = "live",
            AllowedOrigins = [],
            CreatedAt = at,
            Etag = "1",
        };
        var key = new ApiKey
        {
            Id = new KeyId(Guid.CreateVersion7()),
            ApplicationId = application.Id,
            Name = "Key",
            Scopes = [],
            CreatedAt = at,
            ExpiresAt = at + TimeSpan.FromDays(90),
        };
        await clients.RegisterAsync(
            new Client { Id = id, Name = "Acme", Email = "ops@acme.example", CreatedAt = at, Etag = "1" },
            application,
            new StoredApiKey(key, id, "public-" + id, new byte[] { 5, 6 }, null),
            Origin,
            Ct);
    }
}
