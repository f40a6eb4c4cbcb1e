using System.Text;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Reactions;

namespace Caas.Tests.Contracts;

/// <summary>What every adapter of <see cref="IConversationLog"/> promises.</summary>
public abstract class ConversationLogContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private IMessageReader Messages => Port<IMessageReader>();

    [Fact]
    public async Task A_message_is_read_as_it_was_answered()
    {
        var id = await Group(Ann, Bob);
        var first = await Send(id, Ann, "\0 one 👍");
        var sent = await Send(id, Bob, "two", replyTo: first.Id);

        var read = await Messages.FindAsync(Client, Ann, sent.Id, Ct);

        (await Messages.FindAsync(Client, Ann, first.Id, Ct))!.Text.ShouldBe("\0 one 👍");
        EventJson.Write(Envelope(read!)).ShouldBe(EventJson.Write(Envelope(sent)));
    }

    [Fact]
    public async Task Versions_and_sequences_have_no_gaps_under_64_writers()
    {
        var id = await Group(Ann, Bob);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(async writer =>
        {
            for (var i = 0; i < 10; i++)
            {
                await Send(id, writer % 2 == 0 ? Ann : Bob, $"{writer}.{i}");
            }
        }));

        var events = await EventsOf(id);
        events.Select(occurred => occurred.Version).ShouldBe(Enumerable.Range(1, 643).Select(version => (long?)version));
        events.Where(occurred => occurred.Data.Message is not null).Select(occurred => occurred.Data.Message!.Sequence)
            .ShouldBe(Enumerable.Range(1, 640).Select(sequence => (long)sequence));
        var head = await Port<IConversationReader>().FindAsync(Client, id, Ct);
        (head!.Version, head.LastSequence, head.Leaves.Count).ShouldBe((643, 640, 640));
    }

    [Fact]
    public async Task Many_conversations_at_once_keep_their_own_numbers()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Group(Ann)));

        await Task.WhenAll(ids.SelectMany(id => Enumerable.Range(0, 20).Select(i => Send(id, Ann, $"{i}"))));

        foreach (var id in ids)
        {
            (await EventsOf(id)).Select(occurred => occurred.Version).ShouldBe(Enumerable.Range(1, 22).Select(v => (long?)v));
        }
    }

    [Fact]
    public async Task The_same_clientMessageId_a_hundred_times_at_once_is_one_message()
    {
        var id = await Group(Ann);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Send(id, Ann, "hi", "once")));

        answers.Select(message => message.Id).Distinct().Count().ShouldBe(1);
        answers.Select(message => message.Etag).Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
        (await EventsOf(id)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_clientMessageId_with_other_content_is_refused()
    {
        var id = await Group(Ann);
        await Send(id, Ann, "hi", "once");

        (await Refused(id, Text(Ann, "ho", "once"))).Code.ShouldBe(ErrorCatalogue.ClientMessageIdReused);
    }

    [Fact]
    public async Task The_same_idempotency_key_a_hundred_times_at_once_has_one_effect_and_one_answer()
    {
        var id = await Group(Ann);

        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
            await Log.CommitAsync(Client, id, Text(Ann, "hi"), With(Key("k")), Ct)));

        results.Count(result => result.Error is null).ShouldBe(1);
        var answers = results.Select(result => result.Error?.EarlierAnswer).Where(answer => answer is not null).ToArray();
        answers.Length.ShouldBe(99);
        answers.Select(answer => Encoding.UTF8.GetString(answer!.Body.Span)).Distinct(StringComparer.Ordinal).ShouldBe(["1"]);
        (await EventsOf(id)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task An_idempotency_key_with_another_fingerprint_is_refused()
    {
        var id = await Group(Ann);
        await Commit(id, Text(Ann, "hi"), With(Key("k")));

        (await Refused(id, Text(Ann, "ho"), With(Key("k", 2)))).Code.ShouldBe(ErrorCatalogue.IdempotencyKeyReused);
        var found = await Port<IIdempotencyStore>().FindAsync(Client, Key("k", 2), Ct);
        found.Error!.Code.ShouldBe(ErrorCatalogue.IdempotencyKeyReused);
    }

    [Fact]
    public async Task A_kept_answer_is_found_for_a_day_by_its_caller_in_its_client()
    {
        var id = await Group(Ann);
        await Commit(id, Text(Ann, "hi"), With(Key("k")));
        var store = Port<IIdempotencyStore>();

        var answer = (await store.FindAsync(Client, Key("k"), Ct)).Value.ShouldNotBeNull();
        (answer.Status, answer.Etag, answer.Location).ShouldBe((201, "e", null));
        (await store.FindAsync(OtherClient, Key("k"), Ct)).Value.ShouldBeNull();
        (await store.FindAsync(Client, Key("k") with { Caller = "bob" }, Ct)).Value.ShouldBeNull();
        Clock.Advance(TimeSpan.FromHours(24));
        (await store.FindAsync(Client, Key("k", 2), Ct)).ShouldBe(default);
    }

    [Fact]
    public async Task A_refused_change_keeps_no_answer()
    {
        await Refused(NewId(), Text(Ann, "hi"), With(Key("k")));

        (await Port<IIdempotencyStore>().FindAsync(Client, Key("k"), Ct)).Value.ShouldBeNull();
    }

    [Fact]
    public async Task A_direct_conversation_of_two_users_is_made_once_however_many_ask_at_once()
    {
        var commits = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            Commit(NewId(), i % 2 == 0 ? NewDirect(Ann, Bob) : NewDirect(Bob, Ann))));

        commits.Select(commit => commit.Head.Id).Distinct().Count().ShouldBe(1);
        commits.Count(commit => !commit.Replayed).ShouldBe(1);
    }

    [Fact]
    public async Task A_direct_conversation_can_be_made_again_after_it_was_deleted()
    {
        var first = NewId();
        await Commit(first, NewDirect(Ann, Bob));
        await Commit(first, new ConversationDeletion(Origin));

        var again = await Commit(NewId(), NewDirect(Ann, Bob));

        again.Replayed.ShouldBeFalse();
        again.Head.Id.ShouldNotBe(first);
    }

    [Fact]
    public async Task A_commit_that_was_decided_by_older_memberships_is_refused()
    {
        var id = await Group(Ann);
        var seen = (await Port<IConversationReader>().FindAsync(Client, id, Ct))!.MembersVersion;
        await Commit(id, Text(Ann, "hi"), new CommitConditions { MembersVersion = seen });
        await Commit(id, new NewMembers(Origin, [new NewMember(Bob, MemberRole.Member)], 10));

        (await Refused(id, Text(Ann, "ho"), new CommitConditions { MembersVersion = seen }))
            .ShouldBe(ConversationErrors.MembersChanged);
        (await Refused(NewId(), Text(Ann, "ho"), new CommitConditions { MembersVersion = seen })).ShouldBe(Error.NotFound);
    }

    [Fact]
    public async Task A_commit_with_an_older_etag_is_refused()
    {
        var id = await Group(Ann);
        var message = await Send(id, Ann, "hi");
        await Commit(id, new MessageEdit(Origin, message.Id) { Text = "ho" }, new CommitConditions { MessageEtag = message.Etag });
        var conversation = (await Port<IConversationReader>().FindAsync(Client, id, Ct))!.ToConversation().Etag;
        await Commit(id, new ConversationUpdate(Origin) { Name = "x" }, new CommitConditions { ConversationEtag = conversation });

        (await Refused(id, new MessageEdit(Origin, message.Id) { Text = "ha" }, new CommitConditions { MessageEtag = message.Etag }))
            .Code.ShouldBe(ErrorCatalogue.PreconditionFailed);
        (await Refused(id, new ConversationUpdate(Origin) { Name = "y" }, new CommitConditions { ConversationEtag = conversation }))
            .Code.ShouldBe(ErrorCatalogue.PreconditionFailed);
    }

    [Fact]
    public async Task A_change_that_throws_leaves_nothing_and_the_others_of_its_batch_succeed()
    {
        var id = await Group(Ann);

        var commits = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            try
            {
                return (await Log.CommitAsync(
                    Client, id, i % 4 == 0 ? new BrokenChange(new MessageId(Guid.CreateVersion7())) : Text(Ann, $"{i}"),
                    CommitConditions.None, Ct)).Value;
            }
            catch (InvalidOperationException failure) when (failure.Message == "broken")
            {
                return null;
            }
        }));

        commits.Count(commit => commit is not null).ShouldBe(30);
        var events = await EventsOf(id);
        events.Select(occurred => occurred.Version).ShouldBe(Enumerable.Range(1, 32).Select(version => (long?)version));
        (await Messages.ListAsync(Client, Ann, id, MessageRange.Newest, 100, Ct)).Count.ShouldBe(30);
    }

    [Fact]
    public async Task A_change_whose_write_is_impossible_gives_its_numbers_back()
    {
        var id = await Group(Ann);
        var sent = await Send(id, Ann, "one");
        var sameId = Text(Ann, "two") with { Id = sent.Id };

        await Should.ThrowAsync<Exception>(async () => await Log.CommitAsync(Client, id, sameId, CommitConditions.None, Ct));
        var next = await Send(id, Ann, "three");

        next.Sequence.ShouldBe(2);
        (await EventsOf(id)).Select(occurred => occurred.Version).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task A_caller_who_gives_up_before_the_write_begins_gets_no_write()
    {
        var id = await Group(Ann);

        await Should.ThrowAsync<OperationCanceledException>(async () =>
            await Log.CommitAsync(Client, id, Text(Ann, "hi"), CommitConditions.None, new CancellationToken(canceled: true)));

        (await EventsOf(id)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Another_client_finds_nothing_of_this_one()
    {
        var id = await Group(Ann);
        var message = await Send(id, Ann, "hi");

        var elsewhere = await Log.CommitAsync(OtherClient, id, Text(Ann, "ho"), CommitConditions.None, Ct);

        elsewhere.Error.ShouldBe(Error.NotFound);
        (await Messages.FindAsync(OtherClient, null, message.Id, Ct)).ShouldBeNull();
        (await EventsOf(id, OtherClient)).ShouldBeEmpty();
        (await Port<IConversationReader>().FindAsync(OtherClient, id, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task What_was_answered_is_there_after_the_engine_was_closed_and_opened()
    {
        var id = await Group(Ann, Bob);
        var sent = await Send(id, Ann, "hi");

        await ReopenAsync();
        var next = await Send(id, Bob, "ho");

        next.Sequence.ShouldBe(2);
        (await Messages.FindAsync(Client, Ann, sent.Id, Ct))!.Text.ShouldBe("hi");
        (await EventsOf(id)).Select(occurred => occurred.Version).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task The_time_of_a_conversation_never_goes_back()
    {
        var id = await Group(Ann);
        Clock.Advance(TimeSpan.FromHours(1));
        var first = await Send(id, Ann, "one");
        Clock.AdjustTime(Clock.GetUtcNow() - TimeSpan.FromHours(2));

        (await Send(id, Ann, "two")).CreatedAt.ShouldBe(first.CreatedAt);
    }

    [Fact]
    public async Task Deleting_a_message_blanks_its_content_in_every_earlier_change_and_answer()
    {
        var id = await Group(Ann);
        var message = (await Commit(id, Text(Ann, "secret one"), With(Key("k")))).Message!;
        await Commit(id, new MessageEdit(Origin, message.Id) { Text = "secret two" });
        await Commit(id, new MessagePin(Origin, message.Id, Pinned: true));
        await Send(id, Ann, "stays");

        await Commit(id, new MessageDeletion(Origin, message.Id));

        var events = await EventsOf(id);
        events.Select(occurred => occurred.Version).ShouldBe([1, 2, 3, 4, 5, 6, 7]);
        events.Select(occurred => occurred.Data.Message?.Text).ShouldBe([null, null, null, null, null, "stays", null]);
        (await Messages.ListRevisionsAsync(Client, Ann, message.Id, Ct)).ShouldBeEmpty();
        var tombstone = await Messages.FindAsync(Client, Ann, message.Id, Ct);
        (tombstone!.Text, tombstone.DeletedAt is null, tombstone.Sequence).ShouldBe((null, false, 1));
        (await Port<IIdempotencyStore>().FindAsync(Client, Key("k"), Ct)).Value.ShouldBeNull();
    }

    [Fact]
    public async Task Deleting_a_conversation_removes_its_content_and_keeps_its_log()
    {
        var id = await Group(Ann, Bob);
        var message = await Send(id, Ann, "secret");
        await Commit(id, new ReactionChange(Origin, message.Id, new ReactionKey(Bob, "👍"), Stands: true, 10));

        await Commit(id, new ConversationDeletion(Origin));

        (await Messages.FindAsync(Client, null, message.Id, Ct)).ShouldBeNull();
        (await Port<IConversationReader>().FindAsync(Client, id, Ct)).ShouldBeNull();
        (await Refused(id, Text(Ann, "more"))).ShouldBe(Error.NotFound);
        var events = await EventsOf(id);
        events.Count.ShouldBe(6);
        events.ShouldAllBe(occurred => occurred.Data.Message == null || occurred.Data.Message.Text == null);
        events.ShouldAllBe(occurred => occurred.Data.Conversation == null || occurred.Data.Conversation.Name == null);
    }

    [Fact]
    public async Task A_change_carries_the_trace_of_its_write()
    {
        var id = await Group(Ann);

        var changes = await Port<IChangeReader>().ListAsync(Client, id, 1, 1, Ct);

        (changes[0].TraceParent, changes[0].Type, changes[0].ConversationId, changes[0].ClientId)
            .ShouldBe(("00-trace-parent-01", EventTypes.MemberAdded, id, Client));
    }

    private static Event Envelope(Message message) => new()
    {
        Id = default,
        Type = EventTypes.MessageSent,
        ClientId = default,
        OccurredAt = default,
        Actor = Origin.Actor,
        TraceId = null,
        Data = new EventBody { Message = message },
    };

    private static IdempotencyKey Key(string key, byte fingerprint = 1) => new("ann", key, new[] { fingerprint });

    private static CommitConditions With(IdempotencyKey key) => new()
    {
        Idempotency = new IdempotentWrite<ConversationCommit>(key, static commit => new StoredAnswer(
            201, Encoding.UTF8.GetBytes($"{commit.Message!.Sequence}"), "e", null)),
    };

    /// <summary>Fills the commit as a send does, then fails.</summary>
    private sealed record BrokenChange(MessageId Id) : ConversationChange(ConversationLogContract.Origin)
    {
        public override Error? Decide(ConversationSlice slice, ConversationCommit commit)
        {
            Text(Ann, "broken").Decide(slice, commit);
            throw new InvalidOperationException("broken");
        }
    }
}
