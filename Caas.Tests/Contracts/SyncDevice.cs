using System.Globalization;
using Caas.Domain.Callers;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Domain.Validation;

namespace Caas.Tests.Contracts;

/// <summary>What a device talks to.</summary>
/// <param name="Sync">The use case.</param>
/// <param name="Messages">What a device reads by sequence when it is told of a conversation as a whole.</param>
/// <param name="Client">The client.</param>
/// <param name="Clock">The clock of the use case.</param>
/// <param name="Seal">What the cursors are sealed with.</param>
internal sealed record SyncPorts(SyncChanges Sync, IMessageReader Messages, ClientId Client, TimeProvider Clock, CursorSeal Seal);

/// <summary>
/// A device that does what the contract tells it to, and checks each answer against the model: no gap, nothing that its
/// user may not see, no content that is gone, and headers that are true.
/// </summary>
internal sealed class SyncDevice(SyncModel model, UserId user, SyncPorts ports)
{
    private const int Endless = 1000;

    private static readonly IReadOnlyDictionary<ConversationId, long> Nothing = new Dictionary<ConversationId, long>();

    private readonly Caller _caller = new()
    {
        ClientId = ports.Client,
        ApplicationId = new AppId(Guid.CreateVersion7()),
        UserId = user,
    };

    private readonly Dictionary<ConversationId, Local> _locals = [];
    private string? _cursor;

    // Where the cursor stands: the versions when the sync that gave it began, and those of the sync that is under way.
    private InStep _since = new(Nothing, null);
    private InStep? _next;

    public UserId User => user;

    /// <summary>One page by cursor; whether there are more.</summary>
    public async Task<bool> ReadPageAsync(int limit)
    {
        if (_cursor is null)
        {
            // It says that it knows nothing, so the answer is all there is.
            _locals.Clear();
        }

        _next ??= new InStep(model.Versions(), ports.Clock.GetUtcNow());
        var answer = await SyncAsync(new SyncInput(_cursor, null, limit), limit);
        var expired = _since.At < ports.Clock.GetUtcNow() - SyncModel.ResetAfter;
        await TakeAsync(answer, _since.Versions, expired);
        _cursor = answer.Cursor.ShouldNotBeNull();
        if (IsBetweenSyncs(_cursor))
        {
            _since = _next;
            _next = null;
        }
        else
        {
            ShouldBeFull(answer, limit);
        }

        return answer.HasMore;
    }

    /// <summary>One page by the versions that the device knows, of all conversations there are.</summary>
    public async Task<bool> RepairPageAsync(int limit)
    {
        var known = model.Conversations.ToDictionary(one => one.Id, one => _locals.GetValueOrDefault(one.Id)?.Version ?? 0);
        if (known.Count == 0)
        {
            return false;
        }

        var named = known.ToDictionary(one => one.Key.ToString(), one => one.Value, StringComparer.Ordinal);
        var answer = await SyncAsync(new SyncInput(null, named, limit), limit);
        answer.Cursor.ShouldBeNull();
        if (answer.HasMore)
        {
            ShouldBeFull(answer, limit);
        }

        await TakeAsync(answer, known, expired: false);
        return answer.HasMore;
    }

    /// <summary>Reads while there is more, also of a sync that was under way: then it is in step.</summary>
    public async Task CatchUpAsync(int limit)
    {
        var pages = 0;
        while (await ReadPageAsync(limit))
        {
            (++pages).ShouldBeLessThan(Endless, "hasMore must end");
        }

        var idle = await SyncAsync(new SyncInput(_cursor, null, limit), limit);
        (idle.Changes.Count, idle.Conversations.Count, idle.HasMore).ShouldBe((0, 0, false));
    }

    /// <summary>What the device shows.</summary>
    public IEnumerable<string> View() => _locals
        .Select(one => Describe(one.Key, one.Value.Version, one.Value.Texts.Select(text => (text.Key, text.Value))))
        .Order(StringComparer.Ordinal);

    /// <summary>A conversation as one line.</summary>
    public static string Describe(ConversationId id, long version, IEnumerable<(long Sequence, string? Text)> messages) => string.Create(
        CultureInfo.InvariantCulture,
        $"{id} v{version}: {string.Join(' ', messages.Select(message => string.Create(CultureInfo.InvariantCulture, $"{message.Sequence}={message.Text ?? "-"}")))}");

    private async Task<SyncAnswer> SyncAsync(SyncInput input, int limit)
    {
        var answer = (await ports.Sync.ExecuteAsync(_caller, input, TestContext.Current.CancellationToken)).Value.ShouldNotBeNull();
        answer.Changes.Count.ShouldBeLessThanOrEqualTo(limit);
        if (answer.HasMore)
        {
            model.Count("more");
        }

        return answer;
    }

    // So each page brings the end of its sync nearer.
    private static void ShouldBeFull(SyncAnswer answer, int limit) =>
        (answer.HasMore, answer.Changes.Count).ShouldBe((true, limit), "a sync that goes on, and its page is not full");

    // Another sync begins with the next page, whether or not there is something for it already.
    private bool IsBetweenSyncs(string cursor)
    {
        SyncCursor.TryParse(ports.Seal.Open($"sync {ports.Client} {user}", cursor), out var place).ShouldBeTrue();
        return place.Target == 0;
    }

    private async Task TakeAsync(SyncAnswer answer, IReadOnlyDictionary<ConversationId, long> since, bool expired)
    {
        foreach (var change in answer.Changes)
        {
            Apply(EventJson.Read(change.Json.Span));
        }

        foreach (var told in answer.Conversations)
        {
            await TakeAsync(told, since.GetValueOrDefault(told.Id), expired);
        }
    }

    private void Apply(Event occurred)
    {
        var id = occurred.ConversationId!.Value;
        var version = occurred.Version!.Value;
        var conversation = model.Of(id);
        conversation.MaySee(user, version).ShouldBeTrue($"{user} may not see version {version}");
        occurred.Type.ShouldBe(conversation.Log[(int)version - 1].Type);
        occurred.Data.Message?.Text.ShouldBe(conversation.TextAt(version, user));

        // Of one that the device forgot it may be told again; and again of what it knows.
        if (_locals.TryGetValue(id, out var local) && version > local.Version)
        {
            version.ShouldBe(local.Version + 1, "a gap");
            local.Apply(occurred);
        }
    }

    private async Task TakeAsync(SyncedConversation told, long since, bool expired)
    {
        var conversation = model.Of(told.Id);
        var isIn = conversation.IsMember(user);
        model.Count(told.State);
        switch (told.State)
        {
            case "joined":
                ShouldDescribe(conversation, told);
                await ReadAsync(conversation);
                break;
            case SyncedConversation.Reset:
                (isIn, conversation.IsDeleted, told.Version).ShouldBe((true, false, conversation.Version));
                (expired || conversation.Version - since > SyncModel.ResetAfterChanges).ShouldBeTrue("not that far behind");
                await ReadAsync(conversation);
                break;
            case SyncedConversation.Deleted:
                (isIn, conversation.IsDeleted, told.Version).ShouldBe((true, true, conversation.Version));
                _locals.Remove(told.Id);
                break;
            case SyncedConversation.Left:
                isIn.ShouldBeFalse();
                told.Version.ShouldBeOneOf(since, conversation.LeftVersion(user) ?? since);
                _locals.Remove(told.Id);
                break;
            default:
                Assert.Fail($"There is no state {told.State}.");
                break;
        }
    }

    private void ShouldDescribe(ModelConversation conversation, SyncedConversation told)
    {
        (conversation.IsMember(user), conversation.IsDeleted).ShouldBe((true, false));
        var header = told.Conversation.ShouldNotBeNull();
        (told.Version, header.Version, header.LastSequence, header.MemberCount)
            .ShouldBe((conversation.Version, conversation.Version, conversation.Messages.Count, conversation.Members));
        var newest = conversation.Messages.LastOrDefault(message => message.Sequence >= conversation.FromSequence(user));
        (header.LastMessage?.Sequence, header.LastMessage?.Text).ShouldBe((newest?.Sequence, newest?.Text));
    }

    private async Task ReadAsync(ModelConversation conversation)
    {
        var messages = await ports.Messages.ListAsync(
            ports.Client, user, conversation.Id, MessageRange.Newest, Endless, TestContext.Current.CancellationToken);
        _locals[conversation.Id] = new Local(conversation.Version, messages);
    }

    private sealed record InStep(IReadOnlyDictionary<ConversationId, long> Versions, DateTimeOffset? At);

    /// <summary>A conversation on the device.</summary>
    private sealed class Local(long version, IReadOnlyList<Message> messages)
    {
        public long Version { get; private set; } = version;

        public SortedDictionary<long, string?> Texts { get; } = new(messages.ToDictionary(one => one.Sequence, one => one.Text));

        public void Apply(Event occurred)
        {
            Version = occurred.Version!.Value;
            if (occurred.Data.Message is { } message
                && (occurred.Type == EventTypes.MessageSent || Texts.ContainsKey(message.Sequence)))
            {
                Texts[message.Sequence] = message.Text;
            }
        }
    }
}
