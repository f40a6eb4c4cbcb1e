using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Receipts;
using Caas.Domain.Validation;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Contracts;

/// <summary>
/// Random changes, and devices that sync in between, page by page, by cursor and by named versions: each answer is held
/// against a model, and in the end every device shows what a fresh one shows, and what the model says.
/// </summary>
public abstract class SyncModelContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private const int Samples = 60;
    private const int MaxConversations = 4;

    private static readonly Gen<(int Kind, int Place, int Person, int Number)[]> Steps =
        Gen.Select(Gen.Int[0, 15], Gen.Int[0, MaxConversations - 1], Gen.Int[0, 2], Gen.Int[0, 7]).Array[1, 100];

    // What all samples together came to: a test that never sees a reset says nothing about resets.
    private readonly Dictionary<string, int> _told = new(StringComparer.Ordinal);

    [Fact]
    public async Task Whatever_happens_a_device_that_caught_up_shows_what_a_fresh_one_shows()
    {
        await SampleAsync(ChangeFault.None);

        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", _told.Select(one => $"{one.Key} {one.Value}")));
        _told.Keys.ShouldBe(["joined", "left", "deleted", "reset", "more"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(ChangeFault.DropsAChange)]
    [InlineData(ChangeFault.Reverses)]
    [InlineData(ChangeFault.ReadsOnAfterARemoval)]
    [InlineData(ChangeFault.ForgetsThatOneLeft)]
    [InlineData(ChangeFault.ForgetsADeletion)]
    [InlineData(ChangeFault.KeepsDeletedContent)]
    [InlineData(ChangeFault.LosesAConversation)]
    public async Task A_planted_fault_is_found(ChangeFault fault) =>
        await Should.ThrowAsync<CsCheckException>(() => SampleAsync(fault));

    // Some faults show in one sample of twenty: ten times as many make sure that each is found.
    private Task SampleAsync(ChangeFault fault) =>
        Steps.SampleAsync(
            steps => RunAsync(steps, fault), iter: fault == ChangeFault.None ? Samples : Samples * 10, threads: 1);

    private async Task RunAsync((int Kind, int Place, int Person, int Number)[] steps, ChangeFault fault)
    {
        var run = new Run(this, fault);
        foreach (var (kind, place, person, number) in steps)
        {
            await run.DoAsync(kind, place, person, number);
        }

        await run.EndAsync();
        foreach (var (what, times) in run.Told)
        {
            _told[what] = _told.GetValueOrDefault(what) + times;
        }
    }

    /// <summary>One sample, with people of its own: a feed is a user's.</summary>
    private sealed class Run
    {
        private const int DevicesEach = 2;

        private readonly SyncModelContract _suite;
        private readonly SyncModel _model = new();

        // Of the use case alone: when it goes on by months, the engine's timers do not run for each second of them.
        private readonly FakeTimeProvider _clock;
        private readonly SyncPorts _ports;
        private readonly UserId[] _people;
        private readonly SyncDevice[] _devices;
        private int _texts;

        public Run(SyncModelContract suite, ChangeFault fault)
        {
            _suite = suite;
            _clock = new FakeTimeProvider(suite.Clock.GetUtcNow());
            var limits = new LimitsOptions
            {
                SyncResetAfterChanges = SyncModel.ResetAfterChanges,
                SyncResetAfter = SyncModel.ResetAfter,
            };
            var messages = suite.Port<IMessageReader>();
            var seal = new CursorSeal(new byte[32]);
            var sync = new SyncChanges(
                new FaultyChanges(suite.Port<IChangeReader>(), fault),
                messages,
                suite.Port<IReadPositions>(),
                seal,
                _clock,
                limits);
            _ports = new SyncPorts(sync, messages, suite.Client, _clock, seal);
            _people = [.. Enumerable.Range(0, 3).Select(_ => UserId.Parse(Guid.CreateVersion7().ToString()))];
            _devices = [.. _people.SelectMany(user => Enumerable.Repeat(user, DevicesEach)).Select(NewDevice)];
        }

        public IReadOnlyDictionary<string, int> Told => _model.Told;

        public async Task DoAsync(int kind, int place, int person, int number)
        {
            var device = _devices[(person * DevicesEach) + (number % DevicesEach)];
            switch (kind)
            {
                case 0:
                    await CreateAsync(number);
                    break;
                case <= 8 when place < _model.Conversations.Count && !_model.Conversations[place].IsDeleted:
                    await ChangeAsync(_model.Conversations[place], kind, _people[person], number);
                    break;
                case <= 8:
                    break;
                case <= 11:
                    await device.ReadPageAsync(1 + place);
                    break;
                case <= 13:
                    await device.RepairPageAsync(1 + place);
                    break;
                case 14:
                    await device.CatchUpAsync(1 + place);
                    break;
                default:
                    // Now and then everybody is on a long holiday.
                    _clock.Advance(number == 0 ? SyncModel.ResetAfter + TimeSpan.FromDays(1) : TimeSpan.FromMinutes(1));
                    break;
            }
        }

        public async Task EndAsync()
        {
            foreach (var device in _devices)
            {
                await device.CatchUpAsync(limit: 3);
                var fresh = NewDevice(device.User);
                await fresh.CatchUpAsync(limit: 3);

                device.View().ShouldBe(fresh.View());
                device.View().ShouldBe(_model.View(device.User));
            }
        }

        private SyncDevice NewDevice(UserId user) => new(_model, user, _ports);

        private async Task CreateAsync(int number)
        {
            // Every subset of the people but the empty one; all of them owners, so that anyone may leave.
            var members = _people.Where((_, i) => number == 0 || (number & (1 << i)) != 0).ToList();
            if (_model.Conversations.Count == MaxConversations)
            {
                return;
            }

            var conversation = new ModelConversation(NewId(), showsHistory: number % 2 == 0);
            conversation.Create(members);
            var history = number % 2 == 0 ? HistoryAccess.All : HistoryAccess.None;
            await _suite.Commit(conversation.Id, new NewConversation(Origin)
            {
                Type = ConversationType.Group,
                History = history,
                Members = [.. members.Select(user => new NewMember(user, MemberRole.Owner))],
            });
            _model.Conversations.Add(conversation);
        }

        private Task ChangeAsync(ModelConversation conversation, int kind, UserId who, int number)
        {
            var message = conversation.Messages.ElementAtOrDefault(number);
            return kind switch
            {
                <= 3 => SendAsync(conversation, who),
                4 when message?.Text is not null => EditAsync(conversation, message),
                5 when message?.Text is not null => DeleteAsync(conversation, message),
                6 or 7 => conversation.IsMember(who) ? RemoveAsync(conversation, who) : AddAsync(conversation, who),
                8 when number == 0 => DeleteAllAsync(conversation),
                _ => Task.CompletedTask,
            };
        }

        private async Task SendAsync(ModelConversation conversation, UserId who)
        {
            var send = Text(who, $"t{++_texts}");
            conversation.Send(send.Id, send.Content.Text!);
            await _suite.Commit(conversation.Id, send);
        }

        private async Task EditAsync(ModelConversation conversation, ModelMessage message)
        {
            var text = $"e{++_texts}";
            conversation.Edit(message, text);
            await _suite.Commit(conversation.Id, new MessageEdit(Origin, message.Id) { Text = text });
        }

        private async Task DeleteAsync(ModelConversation conversation, ModelMessage message)
        {
            conversation.Delete(message);
            await _suite.Commit(conversation.Id, new MessageDeletion(Origin, message.Id));
        }

        private async Task AddAsync(ModelConversation conversation, UserId who)
        {
            conversation.Join(who);
            await _suite.Commit(conversation.Id, new NewMembers(Origin, [new NewMember(who, MemberRole.Owner)], 10));
        }

        private async Task RemoveAsync(ModelConversation conversation, UserId who)
        {
            conversation.Leave(who);
            await _suite.Commit(conversation.Id, new MemberRemoval(Origin, who));
        }

        private async Task DeleteAllAsync(ModelConversation conversation)
        {
            conversation.DeleteAll();
            await _suite.Commit(conversation.Id, new ConversationDeletion(Origin));
        }
    }
}
