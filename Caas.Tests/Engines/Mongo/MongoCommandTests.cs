using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Receipts;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using Caas.Engines.Mongo.Storage;
using Caas.Tests.Contracts;
using Caas.Tests.Support.MongoWireServer;
using MongoDB.Bson;

namespace Caas.Tests.Engines.Mongo;

/// <summary>What each command carried: durability, and the conditions of what it changes.</summary>
public sealed class MongoCommandTests : DocumentsContract
{
    private static readonly string[] Drivers =
        ["hello", "isMaster", "saslStart", "saslContinue", "endSessions", "buildInfo", "ping"];

    private static readonly string[] Unsure = ["find", "aggregate"];

    private static readonly string[] HeadConditions = ["_id", "v", "mv"];

    private static readonly string[] RotationConditions = ["_id", "g", "revoked", "ends"];

    private readonly MongoUnderTest _engine;

    public MongoCommandTests()
        : this(new MongoUnderTest(static options => options.RelayShards = 1))
    {
    }

    private MongoCommandTests(MongoUnderTest engine)
        : base(engine) => _engine = engine;

    private IReadOnlyList<RecordedCommand> Commands => _engine.Server.Commands;

    [Fact]
    public async Task Only_listed_commands_are_sent_and_no_read_skips()
    {
        await UseEverythingAsync();

        Commands.Select(command => command.Name).Except(Drivers, StringComparer.Ordinal).Except(MongoCommands.All, StringComparer.Ordinal)
            .ShouldBeEmpty();
        Commands.ShouldAllBe(command => !command.Document.Contains("skip"));
    }

    [Fact]
    public async Task Every_write_and_every_commit_waits_for_a_majority_and_its_journal()
    {
        await UseEverythingAsync();

        string[] writes = ["bulkWrite", "create", "createIndexes", "dropDatabase"];
        var durable = Commands.Where(command =>
            command.Name == "commitTransaction" || (writes.Contains(command.Name) && !command.IsInTransaction)).ToList();
        durable.Select(command => command.Name).Distinct(StringComparer.Ordinal)
            .ShouldBe(["bulkWrite", "create", "createIndexes", "dropDatabase", "commitTransaction"], ignoreOrder: true);
        foreach (var command in durable)
        {
            var concern = command.WriteConcern.ShouldNotBeNull(command.Name);
            (concern["w"].AsString, concern["j"].AsBoolean, concern["wtimeout"].ToInt64() > 0).ShouldBe(("majority", true, true));
        }

        Commands.Where(command => command.Name == "bulkWrite" && command.IsInTransaction)
            .ShouldAllBe(command => command.WriteConcern == null);
    }

    [Fact]
    public async Task Every_read_is_of_what_a_majority_holds()
    {
        await UseEverythingAsync();

        var reads = Commands.Where(command => Unsure.Contains(command.Name)).ToList();
        reads.Where(command => !command.IsInTransaction).Select(command => command.ReadConcern!["level"].AsString)
            .ShouldAllBe(level => level == "majority" || level == "snapshot");
        reads.Where(command => command.Document.Contains("startTransaction"))
            .ShouldAllBe(command => command.ReadConcern!["level"] == "snapshot");
        reads.ShouldAllBe(command => !command.Document.Contains("$readPreference")
            || command.Document["$readPreference"]["mode"] == "primary");
    }

    [Fact]
    public async Task Every_conditional_update_has_its_filter()
    {
        await UseEverythingAsync();

        var updates = Commands.Where(command => command.Name == "bulkWrite").SelectMany(Updates).ToList();
        string[] changed =
            [MongoCollections.Conversations, MongoCollections.Sessions, MongoCollections.Members, MongoCollections.Idempotency];
        changed.ShouldBeSubsetOf(updates.Select(update => update.Collection), StringComparer.Ordinal);
        updates.Where(update => update.Collection == MongoCollections.Conversations)
            .ShouldAllBe(update => update.Filter.Names.SequenceEqual(HeadConditions));
        updates.Where(update => update.Collection == MongoCollections.Counters && update.Filter["_id"] == MongoCollections.ChangesCounter)
            .Skip(2)
            .ShouldAllBe(update => update.Filter.Contains("p"));
        updates.Where(update => update.Collection == MongoCollections.Sessions && update.Document.Contains("$inc"))
            .ShouldAllBe(update => update.Filter.Names.SequenceEqual(RotationConditions));
        updates.Where(update => update.Collection == MongoCollections.Members && !update.IsUpsert)
            .ShouldAllBe(update => update.Filter.Contains("lv") && update.Filter.Contains("read"));
        updates.Where(update => update.Collection == MongoCollections.Idempotency)
            .ShouldAllBe(update => update.Filter.Contains("ends"));
        updates.ShouldAllBe(update => update.Filter.ElementCount > 0);
    }

    private static IEnumerable<(string Collection, BsonDocument Filter, BsonDocument Document, bool IsUpsert)> Updates(RecordedCommand command)
    {
        var names = command.Document["nsInfo"].AsBsonArray.Select(info => info["ns"].AsString.Split('.', 2)[1]).ToArray();
        return command.Document["ops"].AsBsonArray
            .Select(operation => operation.AsBsonDocument)
            .Where(operation => operation.Contains("update"))
            .Select(operation => (
                names[operation["update"].ToInt32()],
                operation["filter"].AsBsonDocument,
                operation["updateMods"].AsBsonDocument,
                operation.GetValue("upsert", false).ToBoolean()));
    }

    private async Task UseEverythingAsync()
    {
        await UseConversationsAsync();
        await UseUsersAsync();
        await UsePlatformAsync();
    }

    private async Task UseConversationsAsync()
    {
        var id = await Group(Ann, Bob);
        var message = await Send(id, Ann, "hi");
        await Send(id, Bob, "ho", replyTo: message.Id);
        await Commit(id, new MessageEdit(Origin, message.Id) { Text = "hey" });
        await Commit(id, new Domain.Reactions.ReactionChange(Origin, message.Id, new ReactionKey(Bob, "👍"), Stands: true, 10));
        await Commit(id, new MessageDeletion(Origin, message.Id));
        await Commit(id, new MemberRemoval(Origin, Bob));
        await Port<IReadPositions>().AdvanceAsync(Client, id, Ann, 2, Ct);
        await Port<IConversationReader>().ListAsync(Client, Ann, new ConversationListQuery(10, null, null, null), Ct);
        await Port<IMessageReader>().ListAsync(Client, Ann, id, MessageRange.Newest, 10, Ct);
        await Port<IMessageReader>().ReadProofAsync(Client, id, 1, 2, Ct);
        await Port<IChangeReader>().ReadFeedAsync(Client, Ann, 1, null, 10, Ct);
        await Port<IOutbox>().ConfirmAsync(await Port<IOutbox>().ReadAsync(0, 1, Ct), Ct);
        await Port<IOutbox>().CountPendingAsync(Client, Ct);
        await Commit(id, new ConversationDeletion(Origin));
    }

    private async Task UseUsersAsync()
    {
        var users = Port<IUserStore>();
        await users.PutAsync(Client, [new UserDraft(Ann, "Ann", null, UserRoles.User, null)], Origin, null, null, Ct);
        await users.ListAsync(Client, null, 10, Ct);
        var sessions = Port<ISessionStore>();
        var session = new Session
        {
            Id = new SessionId(Guid.CreateVersion7()),
            UserId = Ann,
            DeviceId = new DeviceId(Guid.CreateVersion7()),
            ApplicationId = new AppId(Guid.CreateVersion7()),
            CreatedAt = Clock.GetUtcNow(),
            ExpiresAt = Clock.GetUtcNow() + TimeSpan.FromDays(1),
        };
        await sessions.AddAsync(Client, new StoredSession(session, 1, null), Ct);
        (await sessions.TryRotateAsync(Client, session.Id, 1, Clock.GetUtcNow(), Ct)).ShouldBeTrue();
        await sessions.RevokeAsync(Client, new SessionFilter(Ann, null, null), Origin, Clock.GetUtcNow(), Ct);
        (await users.DeleteAsync(Client, Ann, null, Origin, Ct)).Value.ShouldBeTrue();
    }

    private async Task UsePlatformAsync()
    {
        var clients = Port<IClientStore>();
        var client = new Client { Id = Client, Name = "Acme", Email = "a@acme.example", CreatedAt = Clock.GetUtcNow(), Etag = "1" };
        var application = new Application
        {
            Id = new AppId(Guid.CreateVersion7()),
            Name = "App",
            Label = "live",
            AllowedOrigins = ["https://app.example"],
            CreatedAt = Clock.GetUtcNow(),
            Etag = "1",
        };
        var key = new ApiKey
        {
            Id = new KeyId(Guid.CreateVersion7()),
            ApplicationId = application.Id,
            Name = "Key",
            Scopes = ApiScopes.All,
            CreatedAt = Clock.GetUtcNow(),
        };
        await clients.RegisterAsync(client, application, new StoredApiKey(key, Client, "public", new byte[32], null), Origin, Ct);
        await clients.UpdateAsync(Client, "New", null, null, Origin, Ct);
        var write = new Domain.Idempotency.IdempotentWrite<Application>(
            new Domain.Idempotency.IdempotencyKey("key", "k", new byte[] { 1 }),
            static _ => new Domain.Idempotency.StoredAnswer(201, new byte[] { 1 }, null, null));
        await Port<IApplicationStore>().AddAsync(
            Client, application with { Id = new AppId(Guid.CreateVersion7()) }, Origin, write, Ct);
        await Port<IApiKeyStore>().RevokeAsync(Client, key.Id, Clock.GetUtcNow(), Origin, Ct);
        await Port<ISigningKeyStore>().TryAddAsync(
            new SigningKey("k", new byte[] { 1 }, Clock.GetUtcNow(), Clock.GetUtcNow(), null), null, null, Ct);
        await Port<IPlatformSecrets>().GetOrAddAsync("s", new byte[] { 1 }, Ct);
        await clients.MarkDeletedAsync(Client, Clock.GetUtcNow(), Origin, Ct);
        await clients.EraseAsync(Client, Ct);
    }
}
