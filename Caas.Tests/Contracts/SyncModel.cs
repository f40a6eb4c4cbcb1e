using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Tests.Contracts;

/// <summary>What happened, and what each user may see of it: lists and numbers, simple enough to be believed.</summary>
internal sealed class SyncModel
{
    public const int ResetAfterChanges = 5;

    public static TimeSpan ResetAfter => TimeSpan.FromDays(90);

    public List<ModelConversation> Conversations { get; } = [];

    /// <summary>What devices were told, by state, and in how many pages there was more.</summary>
    public Dictionary<string, int> Told { get; } = new(StringComparer.Ordinal);

    public void Count(string what) => Told[what] = Told.GetValueOrDefault(what) + 1;

    public ModelConversation Of(ConversationId id) => Conversations.Single(one => one.Id == id);

    /// <summary>Every conversation's version at this moment.</summary>
    public IReadOnlyDictionary<ConversationId, long> Versions() =>
        Conversations.ToDictionary(one => one.Id, one => one.Version);

    /// <summary>What a device of the user shows once it has caught up.</summary>
    public IEnumerable<string> View(UserId user) => Conversations
        .Where(one => !one.IsDeleted && one.IsMember(user))
        .Select(one => SyncDevice.Describe(
            one.Id, one.Version, one.Messages.Where(message => message.Sequence >= one.FromSequence(user))
                .Select(message => (message.Sequence, message.Text))))
        .Order(StringComparer.Ordinal);
}

/// <summary>A conversation, with every change that it went through.</summary>
internal sealed class ModelConversation(ConversationId id, bool showsHistory)
{
    private readonly Dictionary<UserId, List<ModelMembership>> _memberships = [];

    public ConversationId Id => id;

    public List<ModelMessage> Messages { get; } = [];

    /// <summary>The change of version n is at n - 1.</summary>
    public List<ModelChange> Log { get; } = [];

    public long Version => Log.Count;

    public bool IsDeleted { get; private set; }

    public int Members => _memberships.Keys.Count(IsMember);

    public bool IsMember(UserId user) => Last(user) is { Left: null };

    public long FromSequence(UserId user) => Last(user)!.FromSequence;

    public long? LeftVersion(UserId user) => Last(user)?.Left;

    /// <summary>Whether a change happened while the user was in: from their joining to their own removal.</summary>
    public bool MaySee(UserId user, long version) => _memberships.GetValueOrDefault(user, [])
        .Exists(one => one.Joined <= version && version <= (one.Left ?? Version));

    /// <summary>The text that the change at a version shows to the user now.</summary>
    public string? TextAt(long version, UserId user)
    {
        var (_, message, text) = Log[(int)version - 1];
        return IsDeleted || message?.Text is null || message.Sequence < FromSequence(user) ? null : text;
    }

    public void Create(IReadOnlyList<UserId> members)
    {
        Log.Add(new ModelChange(EventTypes.ConversationCreated));
        foreach (var user in members)
        {
            Join(user, fromSequence: 1);
        }
    }

    public void Join(UserId user) => Join(user, showsHistory ? 1 : Messages.Count + 1);

    public void Leave(UserId user)
    {
        Log.Add(new ModelChange(EventTypes.MemberRemoved));
        Last(user)!.Left = Version;
    }

    public void Send(MessageId messageId, string text)
    {
        Messages.Add(new ModelMessage(messageId, Messages.Count + 1) { Text = text });
        Log.Add(new ModelChange(EventTypes.MessageSent, Messages[^1], text));
    }

    public void Edit(ModelMessage message, string text)
    {
        message.Text = text;
        Log.Add(new ModelChange(EventTypes.MessageEdited, message, text));
    }

    public void Delete(ModelMessage message)
    {
        message.Text = null;
        Log.Add(new ModelChange(EventTypes.MessageDeleted, message));
    }

    public void DeleteAll()
    {
        IsDeleted = true;
        Log.Add(new ModelChange(EventTypes.ConversationDeleted));
    }

    private void Join(UserId user, long fromSequence)
    {
        Log.Add(new ModelChange(EventTypes.MemberAdded));
        if (!_memberships.TryGetValue(user, out var all))
        {
            _memberships[user] = all = [];
        }

        all.Add(new ModelMembership(Version, fromSequence));
    }

    private ModelMembership? Last(UserId user) => _memberships.TryGetValue(user, out var all) ? all[^1] : null;

    private sealed class ModelMembership(long joined, long fromSequence)
    {
        public long Joined => joined;

        public long FromSequence => fromSequence;

        public long? Left { get; set; }
    }
}

/// <summary>A message as it is now; no text where it was deleted.</summary>
internal sealed class ModelMessage(MessageId id, long sequence)
{
    public MessageId Id => id;

    public long Sequence => sequence;

    public string? Text { get; set; }
}

/// <summary>One change.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Message">The message that it is about; null where it is about none.</param>
/// <param name="Text">What the message said then.</param>
internal sealed record ModelChange(string Type, ModelMessage? Message = null, string? Text = null);
