using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Members;

namespace Caas.Tests.Contracts;

/// <summary>What every adapter of <see cref="IConversationReader"/> promises.</summary>
public abstract class ConversationReaderContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private IConversationReader Reader => Port<IConversationReader>();

    private static ConversationListQuery Query(int limit, ConversationListPosition? after = null) => new(limit, after, null, null);

    [Fact]
    public async Task A_head_is_read_as_it_was_committed()
    {
        var id = NewId();
        var committed = (await Commit(id, NewGroup(HistoryAccess.None, Ann, Bob) with
        {
            Attributes = System.Text.Json.JsonElement.Parse("""{"a": [1, "x"]}"""),
        })).Head;

        var read = (await Reader.FindAsync(Client, id, Ct))!;

        read.Attributes!.Value.GetRawText().ShouldBe("""{"a": [1, "x"]}""");
        (read with { Attributes = null, Leaves = MerkleFrontier.Empty })
            .ShouldBe(committed with { Attributes = null, Leaves = MerkleFrontier.Empty });
    }

    [Fact]
    public async Task Only_a_present_member_sees_a_conversation_as_a_member()
    {
        var id = await Group(Ann, Bob);
        await Commit(id, new MemberRemoval(Origin, Bob));

        var view = (await Reader.FindAsMemberAsync(Client, id, Ann, Ct)).ShouldNotBeNull();
        (view.Head.Version, view.Membership.Member.Role, view.Membership.JoinedVersion).ShouldBe((4, MemberRole.Owner, 2));
        (await Reader.FindAsMemberAsync(Client, id, Bob, Ct)).ShouldBeNull();
        (await Reader.FindAsMemberAsync(Client, id, Cid, Ct)).ShouldBeNull();
        (await Reader.FindAsMemberAsync(OtherClient, id, Ann, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task The_list_is_newest_activity_first_and_its_pages_join_without_gap_or_repeat()
    {
        var ids = new List<ConversationId>();
        for (var i = 0; i < 7; i++)
        {
            // Two of each millisecond, so that the id has to tell them apart.
            ids.Add(await Group(Ann));
            ids.Add(await Group(Ann));
            Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        await Send(ids[3], Ann, "newest");
        var listed = new List<ConversationId>();
        ConversationListPosition? after = null;
        while (await Reader.ListAsync(Client, Ann, Query(4, after), Ct) is { Count: > 0 } page)
        {
            listed.AddRange(page.Select(item => item.Conversation.Id));
            after = page[^1].Position;
        }

        listed[0].ShouldBe(ids[3]);
        listed.Count.ShouldBe(14);
        listed.ToHashSet().SetEquals(ids).ShouldBeTrue();
    }

    [Fact]
    public async Task A_listed_conversation_has_its_last_message_and_what_is_unread()
    {
        var id = await Group(Ann, Bob);
        await Send(id, Bob, "one");
        await Send(id, Bob, "two");

        var item = (await Reader.ListAsync(Client, Ann, Query(10), Ct)).Single().Conversation;

        (item.LastMessage!.Text, item.UnreadCount, item.LastReadSequence, item.LastSequence).ShouldBe(("two", 2, 0, 2));
        (await Reader.ListAsync(Client, Bob, Query(10), Ct)).Single().Conversation.UnreadCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_new_member_without_history_sees_no_last_message_from_before()
    {
        var id = await Group(HistoryAccess.None, Ann);
        await Send(id, Ann, "before");
        await Commit(id, new NewMembers(Origin, [new NewMember(Bob, MemberRole.Member)], 10));

        var item = (await Reader.ListAsync(Client, Bob, Query(10), Ct)).Single().Conversation;
        (item.LastMessage, item.UnreadCount).ShouldBe((null, 0));
    }

    [Fact]
    public async Task The_list_can_be_narrowed_to_a_kind_and_a_time()
    {
        var group = await Group(Ann);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var between = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        var direct = NewId();
        await Commit(direct, NewDirect(Ann, Bob));

        var all = new ConversationListQuery(10, null, null, null);
        (await Ids(all with { Type = ConversationType.Group })).ShouldBe([group]);
        (await Ids(all with { UpdatedAfter = between })).ShouldBe([direct]);
        (await Ids(all)).ShouldBe([direct, group]);

        async Task<IEnumerable<ConversationId>> Ids(ConversationListQuery query) =>
            (await Reader.ListAsync(Client, Ann, query, Ct)).Select(item => item.Conversation.Id);
    }

    [Fact]
    public async Task Left_and_deleted_conversations_are_in_no_list()
    {
        var left = await Group(Ann, Bob);
        await Commit(left, new MemberRemoval(Origin, Bob));
        var deleted = await Group(Ann, Bob);
        await Commit(deleted, new ConversationDeletion(Origin));
        var stays = await Group(Ann, Bob);

        (await Reader.ListAsync(Client, Bob, Query(10), Ct)).Select(item => item.Conversation.Id).ShouldBe([stays]);
        var joined = new List<ConversationId>();
        await foreach (var view in Reader.ListMembershipsAsync(Client, Bob, Ct))
        {
            joined.Add(view.Head.Id);
        }

        joined.ShouldBe([stays]);
    }

    [Fact]
    public async Task A_client_without_data_has_empty_answers()
    {
        (await Reader.FindAsync(Client, NewId(), Ct)).ShouldBeNull();
        (await Reader.ListAsync(Client, Ann, Query(10), Ct)).ShouldBeEmpty();
        await foreach (var view in Reader.ListMembershipsAsync(Client, Ann, Ct))
        {
            view.ShouldBeNull();
        }
    }
}
