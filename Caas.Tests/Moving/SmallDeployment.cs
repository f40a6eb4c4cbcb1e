using System.Text.Json;
using Caas.Domain.Applications;
using Caas.Domain.Callers;
using Caas.Domain.Clients;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Reactions;
using Caas.Domain.Receipts;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using Caas.Engines.Documents;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Moving;

/// <summary>A deployment with something of everything, written through the ports of an engine, and written on.</summary>
internal sealed class SmallDeployment(IServiceProvider services, TimeProvider clock)
{
    public static readonly UserId Ann = UserId.Parse("ann");
    public static readonly UserId Bob = UserId.Parse("bob");
    public static readonly UserId Cid = UserId.Parse("cid");

    private static readonly ChangeOrigin Origin = new(new Actor(ActorType.User, "ann"), "trace", "00-trace-parent-01");

    private readonly List<StoredSession> _sessions = [];
    private readonly List<Message> _messages = [];
    private int _number;

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The first that is moved: the other one is younger.</summary>
    public ClientId Client { get; } = new(Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddSeconds(-1)));

    public ClientId Other { get; } = new(Guid.CreateVersion7());

    /// <summary>Every conversation that there ever was.</summary>
    public List<ConversationId> Conversations { get; } = [];

    public List<IdempotencyKey> Answers { get; } = [];

    public IReadOnlyList<StoredSession> Sessions => _sessions;

    public static UserId[] People => [Ann, Bob, Cid, UserId.Parse("dan"), UserId.Parse("eve@example.com")];

    public T Port<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Makes all of it.</summary>
    public async Task SeedAsync()
    {
        await Port<IPlatformSecrets>().GetOrAddAsync("refresh", new byte[] { 7, 8, 9 }, Ct);
        await Port<ISigningKeyStore>().TryAddAsync(
            new SigningKey("kid", new byte[] { 1, 2 }, clock.GetUtcNow(), clock.GetUtcNow(), null), null, null, Ct);
        await RegisterAsync(Client, "public-1");
        await RegisterAsync(Other, "public-2");
        await Port<IClientStore>().SetLimitsAsync(Client, new ClientLimits(0, 500), Ct);
        await Port<IDeadLetterStore>().AddAsync(Letter(1), Ct);
        await Port<IDeadLetterStore>().AddAsync(Letter(2), Ct);
        await Port<IDeadLetterStore>().RemoveAsync(Letter(2).Id, DeadLetterState.Replayed, Ct);
        await PutAsync(Client, People);
        await PutAsync(Other, Ann);
        await Port<IRevocationLog>().AppendAsync(new Revocation(Client, RevocationKind.User, "dan", clock.GetUtcNow()), Ct);
        var large = await GroupAsync(People);
        for (var i = 0; i < 300; i++)
        {
            await SendAsync(large, i % 2 == 0 ? Ann : Bob, $"text {i}");
        }

        await DirectAsync(Bob);
        await WriteOnAsync();
        await DeleteAsync(await WithMessagesAsync(3));
    }

    /// <summary>Some more of everything that a user does.</summary>
    public async Task WriteOnAsync()
    {
        var id = await GroupAsync(Ann, Bob);
        var first = await SendAsync(id, Ann, "first", attributes: """{"a": 1.50, "b": "ü"}""");
        var second = await SendAsync(id, Bob, "second", replyTo: first.Id);
        var third = await SendAsync(id, Ann, "third");
        await CommitAsync(id, new MessageEdit(Origin, first.Id) { Text = "edited" });
        await CommitAsync(id, new MessagePin(Origin, second.Id, true));
        await CommitAsync(id, new ReactionChange(Origin, second.Id, new ReactionKey(Ann, "👍"), true, 20));
        await CommitAsync(id, new ReactionChange(Origin, second.Id, new ReactionKey(Bob, "👍"), true, 20));
        await CommitAsync(id, new ReactionChange(Origin, first.Id, new ReactionKey(Bob, "🎉"), true, 20));
        await CommitAsync(id, new ReactionChange(Origin, first.Id, new ReactionKey(Bob, "🎉"), false, 20));
        await CommitAsync(id, new NewMembers(Origin, [new NewMember(Cid, MemberRole.Member)], 100));
        await CommitAsync(id, new MemberRemoval(Origin, Bob));
        await CommitAsync(id, new MessageDeletion(Origin, third.Id));
        await CommitAsync(id, new ConversationUpdate(Origin) { Name = "New name", Attributes = JsonElement.Parse("[1, 2]") });
        await Port<IReadPositions>().AdvanceAsync(Client, id, Cid, 2, Ct);
        await PutAsync(Client, UserId.Parse($"guest-{++_number}"));
        await Port<IUserStore>().DeleteAsync(Client, UserId.Parse($"guest-{_number}"), null, Origin, Ct);
        await SessionAsync();
        await OldMessagesAsync(id);
    }

    /// <summary>What comes late: content of long ago goes, and what is in the way of something new.</summary>
    private async Task OldMessagesAsync(ConversationId newest)
    {
        foreach (var old in _messages.Where(message => message.ConversationId != newest && message.DeletedAt is null).Take(2).ToArray())
        {
            await Port<IConversationLog>().CommitAsync(
                Client, old.ConversationId, new MessageDeletion(Origin, old.Id), CommitConditions.None, Ct);
            _messages.Remove(old);
        }

        if (_sessions is [var session, _, ..])
        {
            await Port<ISessionStore>().TryRotateAsync(Client, session.Session.Id, 1 + _number, clock.GetUtcNow(), Ct);
        }

        var direct = await DirectAsync(UserId.Parse("dan"));
        await DeleteAsync(direct);
        await DirectAsync(UserId.Parse("dan"));
        await DeleteAsync(Conversations[^1]);
    }

    public async Task<ConversationId> GroupAsync(params UserId[] members)
    {
        var id = new ConversationId(Guid.CreateVersion7());
        await CommitAsync(id, new NewConversation(Origin)
        {
            Type = ConversationType.Group,
            Name = "Group",
            History = HistoryAccess.All,
            Members = [.. members.Select((user, i) => new NewMember(user, i == 0 ? MemberRole.Owner : MemberRole.Member))],
        });
        Conversations.Add(id);
        return id;
    }

    public async Task<Message> SendAsync(
        ConversationId id, UserId sender, string text, MessageId? replyTo = null, string? attributes = null)
    {
        var key = new IdempotencyKey($"user {sender}", $"key-{Answers.Count}", new byte[32]);
        Answers.Add(key);
        var sent = await CommitAsync(
            id,
            new NewMessage(Origin)
            {
                Id = new MessageId(Guid.CreateVersion7()),
                SenderId = sender,
                ClientMessageId = $"m-{_messages.Count}-{text}",
                Content = new MessageContent(
                    text, [new FileId(Guid.CreateVersion7())], replyTo, [Bob, Cid], attributes is null ? null : JsonElement.Parse(attributes)),
                Salt = new byte[16],
            },
            new IdempotentWrite<ConversationCommit>(key, static commit => new StoredAnswer(
                201, System.Text.Encoding.UTF8.GetBytes(commit.Message!.Text!), "\"1\"", "/here")));
        _messages.Add(sent.Message!);
        return sent.Message!;
    }

    private async Task<ConversationId> WithMessagesAsync(int count)
    {
        var id = await GroupAsync(Ann, Bob);
        for (var i = 0; i < count; i++)
        {
            await SendAsync(id, Bob, $"to be deleted {i}");
        }

        return id;
    }

    private async Task<ConversationId> DirectAsync(UserId other)
    {
        var id = new ConversationId(Guid.CreateVersion7());
        await CommitAsync(id, new NewConversation(Origin)
        {
            Type = ConversationType.Direct,
            History = HistoryAccess.All,
            Members = [new NewMember(Ann, MemberRole.Member), new NewMember(other, MemberRole.Member)],
        });
        Conversations.Add(id);
        return id;
    }

    private async Task DeleteAsync(ConversationId id)
    {
        await CommitAsync(id, new ConversationDeletion(Origin));
        _messages.RemoveAll(message => message.ConversationId == id);
    }

    private async Task SessionAsync()
    {
        var session = new Session
        {
            Id = new SessionId(Guid.CreateVersion7()),
            UserId = Ann,
            DeviceId = new DeviceId(Guid.CreateVersion7()),
            ApplicationId = new AppId(Guid.CreateVersion7()),
            CreatedAt = clock.Now(),
            ExpiresAt = clock.Now() + TimeSpan.FromDays(30),
        };
        var stored = new StoredSession(session, 1, null);
        await Port<ISessionStore>().AddAsync(Client, stored, Ct);
        await Port<ISessionStore>().TryRotateAsync(Client, session.Id, 1, clock.Now(), Ct);
        _sessions.Add(stored);
    }

    private async Task<ConversationCommit> CommitAsync(
        ConversationId id, ConversationChange change, IdempotentWrite<ConversationCommit>? idempotency = null)
    {
        var conditions = CommitConditions.None with { Idempotency = idempotency };
        var result = await Port<IConversationLog>().CommitAsync(Client, id, change, conditions, Ct);
        result.Error.ShouldBeNull();
        return result.Value!;
    }

    private async Task RegisterAsync(ClientId id, string publicPart)
    {
        var client = new Client { Id = id, Name = "Acme", Email = "ops@acme.example", CreatedAt = clock.Now(), Etag = "1" };
        var application = new Application
        {
            Id = new AppId(Guid.CreateVersion7()),
            Name = "App",
            Label = "live",
            AllowedOrigins = [$"https://{publicPart}.example", "https://app.example"],
            CreatedAt = clock.Now(),
            Etag = "1",
        };
        var key = new ApiKey
        {
            Id = new KeyId(Guid.CreateVersion7()),
            ApplicationId = application.Id,
            Name = "Key",
            Scopes = ["messages:write", "users:read"],
            CreatedAt = clock.Now(),
            ExpiresAt = clock.Now() + TimeSpan.FromDays(90),
        };
        await Port<IClientStore>().RegisterAsync(
            client, application, new StoredApiKey(key, id, publicPart, new byte[] { 5, 6 }, null), Origin, Ct);
    }

    private async Task PutAsync(ClientId client, params UserId[] users) =>
        (await Port<IUserStore>().PutAsync(
            client,
            [.. users.Select(user => new UserDraft(user, $"Name of {user}", null, "user", JsonElement.Parse("""{"x": 1}""")))],
            Origin,
            null,
            null,
            Ct)).Error.ShouldBeNull();

    private DeadLetter Letter(int number) => new()
    {
        Id = DeadLetterId.Of("delivery", Topics.Events, 0, number, DateTimeOffset.UnixEpoch.AddYears(56)),
        Topic = Topics.Events,
        Partition = 0,
        Offset = number,
        Key = "conv",
        EventId = "evt_1",
        Consumer = "delivery",
        Attempts = 5,
        Reason = "InvalidDataException: no",
        AppendedAt = clock.Now(),
        FailedAt = clock.Now(),
        Value = new byte[] { 1, 2, 3 },
        TraceParent = null,
    };
}
