using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Reactions;
using CsCheck;

namespace Caas.Tests.Contracts;

/// <summary>
/// Random changes of a conversation against a model that is simple enough to be believed: what is accepted, what is
/// refused, and what is there in the end.
/// </summary>
public abstract class ConversationModelContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private static readonly UserId[] People = [Ann, Bob, Cid];

    [Fact]
    public async Task Any_changes_in_any_order_leave_what_the_model_says()
    {
        var step = Gen.Select(Gen.Int[0, 7], Gen.Int[0, 2], Gen.Int[1, 8]);

        await step.Array[1, 60].SampleAsync(
            async steps =>
            {
                var id = await Group(Ann, Bob);
                var model = new Model();
                foreach (var (kind, person, number) in steps)
                {
                    var (change, accepted) = model.Do(kind, People[person], number);
                    if (change is not null)
                    {
                        var result = await Log.CommitAsync(Client, id, change, CommitConditions.None, Ct);
                        (result.Error is null).ShouldBe(accepted, $"{change.GetType().Name}: {result.Error?.Detail}");
                    }
                }

                await Compare(id, model);
            },
            iter: 40,
            threads: 1);
    }

    private async Task Compare(ConversationId id, Model model)
    {
        var events = await EventsOf(id);
        events.Select(occurred => occurred.Version).ShouldBe(Enumerable.Range(1, (int)model.Version).Select(v => (long?)v));
        var head = await Port<IConversationReader>().FindAsync(Client, id, Ct);
        if (model.Deleted)
        {
            head.ShouldBeNull();
            events.ShouldAllBe(occurred => occurred.Data.Message == null || occurred.Data.Message.Text == null);
            return;
        }

        (head!.Version, head.LastSequence, head.MemberCount, head.Leaves.Count)
            .ShouldBe((model.Version, model.Messages.Count, model.Members.Count, model.Messages.Count));
        (await Port<IMemberReader>().ListAsync(Client, id, null, 10, Ct))
            .Select(member => (member.UserId.Value, member.LastReadSequence))
            .ShouldBe(model.Members.Select(pair => (pair.Key, (long?)pair.Value)));
        var messages = await Port<IMessageReader>().ListAsync(Client, null, id, MessageRange.Newest, 100, Ct);
        messages.Reverse().Select(message => (message.Text, message.Reactions.GetValueOrDefault("👍")?.Count ?? 0, message.PinnedAt is not null))
            .ShouldBe(model.Messages.Select(message => (message.Text, message.Fans.Count, message.Pinned)));
    }

    private sealed class Model
    {
        public long Version { get; private set; } = 3;

        public bool Deleted { get; private set; }

        public List<ModelMessage> Messages { get; } = [];

        /// <summary>Read positions by user id; in the order in which members are listed.</summary>
        public SortedDictionary<string, long> Members { get; } = new(StringComparer.Ordinal) { ["ann"] = 0, ["bob"] = 0 };

        private Dictionary<string, long> Left { get; } = [];

        /// <summary>The change of a step and whether it must be accepted; no change where the step names nothing.</summary>
        public (ConversationChange? Change, bool Accepted) Do(int kind, UserId who, int number)
        {
            var message = number <= Messages.Count ? Messages[number - 1] : null;
            return kind switch
            {
                0 or 1 => Send(who),
                2 => Edit(message),
                3 => Delete(message),
                4 => React(message, who),
                5 => Pin(message),
                6 => Join(who),
                _ => number == 8 ? DeleteAll() : Leave(who),
            };
        }

        private (ConversationChange, bool) Send(UserId who)
        {
            var send = Text(who, $"text {Messages.Count}");
            if (!Deleted)
            {
                Version++;
                Messages.Add(new ModelMessage(send.Id, send.Content.Text));
                if (Members.ContainsKey(who.Value))
                {
                    Members[who.Value] = Messages.Count;
                }
            }

            return (send, !Deleted);
        }

        private (ConversationChange?, bool) Edit(ModelMessage? message)
        {
            var stands = !Deleted && message?.Text is not null;
            if (message is not null && stands)
            {
                Version++;
                message.Text += "!";
            }

            return message is null ? default : (new MessageEdit(Origin, message.Id) { Text = message.Text ?? "none" }, stands);
        }

        private (ConversationChange?, bool) Delete(ModelMessage? message)
        {
            if (message is null)
            {
                return default;
            }

            if (!Deleted && message.Text is not null)
            {
                Version++;
                message.Text = null;
                message.Pinned = false;
            }

            return (new MessageDeletion(Origin, message.Id), !Deleted);
        }

        private (ConversationChange?, bool) React(ModelMessage? message, UserId who)
        {
            if (message is null)
            {
                return default;
            }

            var stands = !Deleted && message.Text is not null;
            var adds = !message.Fans.Contains(who.Value);
            if (stands)
            {
                Version++;
                _ = adds ? message.Fans.Add(who.Value) : message.Fans.Remove(who.Value);
            }

            return (new ReactionChange(Origin, message.Id, new ReactionKey(who, "👍"), adds, 10), stands);
        }

        private (ConversationChange?, bool) Pin(ModelMessage? message)
        {
            if (message is null)
            {
                return default;
            }

            var stands = !Deleted && message.Text is not null;
            if (stands)
            {
                Version++;
                message.Pinned = !message.Pinned;
            }

            return (new MessagePin(Origin, message.Id, stands ? message.Pinned : true), stands);
        }

        private (ConversationChange, bool) Join(UserId who)
        {
            var accepted = !Deleted && !Members.ContainsKey(who.Value);
            if (accepted)
            {
                Version++;
                Members[who.Value] = Math.Max(Left.GetValueOrDefault(who.Value), Messages.Count);
            }

            return (new NewMembers(Origin, [new NewMember(who, MemberRole.Member)], 10), accepted);
        }

        private (ConversationChange, bool) Leave(UserId who)
        {
            // Ann is the only owner: she stays while there are others.
            var accepted = !Deleted && Members.ContainsKey(who.Value)
                && !(who == Ann && Members.Count > 1 && OwnerIsIn);
            if (accepted)
            {
                Version++;
                Left[who.Value] = Members[who.Value];
                Members.Remove(who.Value);
                OwnerIsIn &= who != Ann;
            }

            return (new MemberRemoval(Origin, who), accepted);
        }

        private bool OwnerIsIn { get; set; } = true;

        private (ConversationChange, bool) DeleteAll()
        {
            var accepted = !Deleted;
            Version += accepted ? 1 : 0;
            Deleted = true;
            return (new ConversationDeletion(Origin), accepted);
        }
    }

    private sealed class ModelMessage(MessageId id, string? text)
    {
        public MessageId Id => id;

        public string? Text { get; set; } = text;

        public bool Pinned { get; set; }

        public HashSet<string> Fans { get; } = [];
    }
}
