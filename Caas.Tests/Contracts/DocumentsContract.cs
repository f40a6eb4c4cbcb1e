using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Contracts;

/// <summary>A document engine on data of its own, which outlives its being closed.</summary>
public interface IDocumentEngine : IAsyncDisposable
{
    /// <summary>Opens the engine on its data.</summary>
    Task<IServiceProvider> OpenAsync(TimeProvider clock);

    /// <summary>Closes it in good order; what was written stays.</summary>
    Task CloseAsync();
}

/// <summary>What the suites of the document ports share: an open engine, a client, and short ways to say things.</summary>
public abstract class DocumentsContract(IDocumentEngine engine) : IAsyncLifetime
{
    private IServiceProvider? _services;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    protected ClientId Client { get; } = new(Guid.CreateVersion7());

    protected ClientId OtherClient { get; } = new(Guid.CreateVersion7());

    protected static UserId Ann { get; } = UserId.Parse("ann");

    protected static UserId Bob { get; } = UserId.Parse("bob");

    protected static UserId Cid { get; } = UserId.Parse("cid");

    protected static ChangeOrigin Origin { get; } = new(new Actor(ActorType.User, "ann"), "trace", "00-trace-parent-01");

    protected IConversationLog Log => Port<IConversationLog>();

    public async ValueTask InitializeAsync() => _services = await engine.OpenAsync(Clock);

    public async ValueTask DisposeAsync()
    {
        await engine.CloseAsync();
        await engine.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected T Port<T>()
        where T : notnull => _services!.GetRequiredService<T>();

    protected async Task ReopenAsync()
    {
        await engine.CloseAsync();
        _services = await engine.OpenAsync(Clock);
    }

    protected static ConversationId NewId() => new(Guid.CreateVersion7());

    protected async Task<ConversationCommit> Commit(
        ConversationId id, ConversationChange change, CommitConditions? conditions = null, ClientId? client = null)
    {
        var result = await Log.CommitAsync(client ?? Client, id, change, conditions ?? CommitConditions.None, Ct);
        result.Error.ShouldBeNull();
        return result.Value!;
    }

    protected async Task<Error> Refused(ConversationId id, ConversationChange change, CommitConditions? conditions = null)
    {
        var result = await Log.CommitAsync(Client, id, change, conditions ?? CommitConditions.None, Ct);
        return result.Error.ShouldNotBeNull();
    }

    protected async Task<ConversationId> Group(params UserId[] members) => await Group(HistoryAccess.All, members);

    protected async Task<ConversationId> Group(HistoryAccess history, params UserId[] members)
    {
        var id = NewId();
        await Commit(id, NewGroup(history, members));
        return id;
    }

    protected static NewConversation NewGroup(HistoryAccess history, params UserId[] members) => new(Origin)
    {
        Type = ConversationType.Group,
        Name = "Group",
        History = history,
        Members = [.. members.Select((user, i) => new NewMember(user, i == 0 ? MemberRole.Owner : MemberRole.Member))],
    };

    protected static NewConversation NewDirect(UserId one, UserId other) => new(Origin)
    {
        Type = ConversationType.Direct,
        History = HistoryAccess.All,
        Members = [new NewMember(one, MemberRole.Member), new NewMember(other, MemberRole.Member)],
    };

    protected static NewMessage Text(UserId sender, string text, string? clientMessageId = null, MessageId? replyTo = null)
    {
        var id = Guid.CreateVersion7();
        return new NewMessage(Origin)
        {
            Id = new MessageId(id),
            SenderId = sender,
            ClientMessageId = clientMessageId ?? id.ToString(),
            Content = new MessageContent(text, [], replyTo, [], null),
            Salt = new byte[16],
        };
    }

    protected async Task<Message> Send(
        ConversationId id, UserId sender, string text, string? clientMessageId = null, MessageId? replyTo = null) =>
        (await Commit(id, Text(sender, text, clientMessageId, replyTo))).Message.ShouldNotBeNull();

    protected async Task<IReadOnlyList<Event>> EventsOf(ConversationId id, ClientId? client = null)
    {
        var changes = await Port<IChangeReader>().ListAsync(client ?? Client, id, 0, 100_000, Ct);
        return [.. changes.Select(change => EventJson.Read(change.Body.Span))];
    }

    /// <summary>The events that the relay has still to move, at least so many, none of them of a conversation.</summary>
    protected async Task<IReadOnlyList<Event>> ClientEvents(int count)
    {
        var outbox = Port<IOutbox>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var events = new List<Event>();
        await Task.WhenAll(Enumerable.Range(0, outbox.Shards).Select(Relay));
        return events;

        async Task Relay(int shard)
        {
            try
            {
                while (true)
                {
                    var batch = await outbox.ReadAsync(shard, 1000, enough.Token);
                    await outbox.ConfirmAsync(batch, Ct);
                    batch.Changes.ShouldAllBe(change => change.ConversationId == null);
                    bool all;
                    lock (events)
                    {
                        events.AddRange(batch.Changes.Select(change => EventJson.Read(change.Body.Span)));
                        all = events.Count >= count;
                    }

                    if (all)
                    {
                        await enough.CancelAsync();
                    }
                }
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
                // All of them came.
            }
        }
    }
}
