using Caas.Domain.Conversations;
using Caas.Domain.Members;
using Caas.Domain.Receipts;

namespace Caas.Tests.Contracts;

/// <summary>What every adapter of <see cref="IReadPositions"/> promises.</summary>
public abstract class ReadPositionsContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private IReadPositions Positions => Port<IReadPositions>();

    [Fact]
    public async Task A_position_moves_forward_only_and_never_beyond_the_last_message()
    {
        var id = await Group(Ann, Bob);
        for (var i = 0; i < 5; i++)
        {
            await Send(id, Ann, "hi");
        }

        (await Positions.AdvanceAsync(Client, id, Bob, 3, Ct)).ShouldBe(new ReadPosition(id, Bob, 3, 5, Moved: true));
        (await Positions.AdvanceAsync(Client, id, Bob, 2, Ct)).ShouldBe(new ReadPosition(id, Bob, 3, 5, Moved: false));
        (await Positions.AdvanceAsync(Client, id, Bob, 99, Ct)).ShouldBe(new ReadPosition(id, Bob, 5, 5, Moved: true));
        (await Positions.AdvanceAsync(Client, id, Bob, 99, Ct)).ShouldBe(new ReadPosition(id, Bob, 5, 5, Moved: false));
    }

    [Fact]
    public async Task Ones_own_send_moves_ones_own_position()
    {
        var id = await Group(Ann, Bob);
        await Send(id, Ann, "one");
        await Send(id, Bob, "two");

        (await Positions.ListAsync(Client, Ann, null, Ct)).ShouldBe([new ReadPosition(id, Ann, 1, 2, Moved: false)]);
        (await Positions.ListAsync(Client, Bob, null, Ct)).Single().UnreadCount.ShouldBe(0);
    }

    [Fact]
    public async Task Sends_and_marks_at_once_end_at_the_furthest()
    {
        var id = await Group(Ann, Bob);

        await Task.WhenAll(Enumerable.Range(1, 50).SelectMany(i => new Task[]
        {
            Send(id, Ann, $"{i}"),
            Positions.AdvanceAsync(Client, id, Bob, i, Ct).AsTask(),
            Positions.AdvanceAsync(Client, id, Ann, i / 2, Ct).AsTask(),
        }));

        (await Positions.AdvanceAsync(Client, id, Bob, 50, Ct))!.LastReadSequence.ShouldBe(50);
        (await Positions.ListAsync(Client, Ann, null, Ct)).Single().LastReadSequence.ShouldBe(50);
    }

    [Fact]
    public async Task Who_is_no_member_has_no_position()
    {
        var id = await Group(Ann, Bob);
        await Commit(id, new MemberRemoval(Origin, Bob));

        (await Positions.AdvanceAsync(Client, id, Bob, 1, Ct)).ShouldBeNull();
        (await Positions.AdvanceAsync(Client, id, Cid, 1, Ct)).ShouldBeNull();
        (await Positions.AdvanceAsync(Client, NewId(), Ann, 1, Ct)).ShouldBeNull();
        (await Positions.AdvanceAsync(OtherClient, id, Ann, 1, Ct)).ShouldBeNull();
        (await Positions.ListAsync(Client, Bob, null, Ct)).ShouldBeEmpty();
        await Commit(id, new ConversationDeletion(Origin));
        (await Positions.AdvanceAsync(Client, id, Ann, 1, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Positions_can_be_asked_for_since_a_time()
    {
        var old = await Group(Ann, Bob);
        await Send(old, Bob, "hi");
        await Positions.AdvanceAsync(Client, old, Ann, 1, Ct);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var since = Clock.GetUtcNow();
        var moved = await Group(Ann, Bob);
        await Send(moved, Bob, "hi");
        await Positions.AdvanceAsync(Client, moved, Ann, 1, Ct);

        (await Positions.ListAsync(Client, Ann, since, Ct)).Select(position => position.ConversationId).ShouldBe([moved]);
        (await Positions.ListAsync(Client, Ann, null, Ct)).Count.ShouldBe(2);
    }
}
