using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Members;

namespace Caas.Tests.Contracts;

/// <summary>What every adapter of <see cref="IMemberReader"/> promises.</summary>
public abstract class MemberReaderContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private IMemberReader Reader => Port<IMemberReader>();

    [Fact]
    public async Task Members_are_listed_by_user_id_in_pages()
    {
        var users = Enumerable.Range(0, 9).Select(i => UserId.Parse($"u{i}")).ToArray();
        var id = await Group([.. users.Reverse()]);

        var first = await Reader.ListAsync(Client, id, null, 5, Ct);
        var second = await Reader.ListAsync(Client, id, first[^1].UserId, 5, Ct);

        first.Concat(second).Select(member => member.UserId).ShouldBe(users);
    }

    [Fact]
    public async Task A_past_member_is_found_but_not_listed()
    {
        var id = await Group(Ann, Bob);
        await Commit(id, new MemberRemoval(Origin, Bob));

        (await Reader.ListAsync(Client, id, null, 10, Ct)).Select(member => member.UserId).ShouldBe([Ann]);
        var past = (await Reader.FindAsync(Client, id, Bob, Ct)).ShouldNotBeNull();
        (past.IsActive, past.JoinedVersion, past.LeftVersion).ShouldBe((false, 3, 4));
        (await Reader.FindAsync(Client, id, Cid, Ct)).ShouldBeNull();
        (await Reader.FindAsync(OtherClient, id, Ann, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Who_comes_again_begins_anew_but_keeps_their_read_position()
    {
        var id = await Group(HistoryAccess.None, Ann, Bob);
        await Send(id, Bob, "one");
        await Commit(id, new MemberRemoval(Origin, Bob));
        await Send(id, Ann, "two");

        await Commit(id, new NewMembers(Origin, [new NewMember(Bob, MemberRole.Admin)], 10));

        var again = (await Reader.FindAsync(Client, id, Bob, Ct)).ShouldNotBeNull();
        (again.IsActive, again.JoinedVersion, again.Member.Role, again.Member.FromSequence, again.Member.LastReadSequence)
            .ShouldBe((true, 7, MemberRole.Admin, 3, 2));
    }

    [Fact]
    public async Task Sharing_needs_a_living_conversation_in_which_both_are_now()
    {
        await Group(Ann, Bob);
        var left = await Group(Ann, Cid);
        await Commit(left, new MemberRemoval(Origin, Cid));
        var dead = await Group(Ann, UserId.Parse("dan"));
        await Commit(dead, new ConversationDeletion(Origin));

        var sharing = await Reader.SharingAsync(
            Client, Ann, [Bob, Cid, UserId.Parse("dan"), UserId.Parse("eve")], Ct);

        sharing.ShouldBe([Bob]);
        (await Reader.SharingAsync(OtherClient, Ann, [Bob], Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sharing_is_found_in_the_last_of_many_conversations()
    {
        for (var i = 0; i < 120; i++)
        {
            await Group(Ann);
        }

        await Group(Ann, Bob);

        (await Reader.SharingAsync(Client, Ann, [Bob, Cid], Ct)).ShouldBe([Bob]);
    }

    [Fact]
    public async Task A_deleted_or_unknown_conversation_has_no_members()
    {
        var id = await Group(Ann);
        await Commit(id, new ConversationDeletion(Origin));

        (await Reader.ListAsync(Client, id, null, 10, Ct)).ShouldBeEmpty();
        (await Reader.ListAsync(Client, NewId(), null, 10, Ct)).ShouldBeEmpty();
    }
}
