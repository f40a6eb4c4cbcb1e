using System.Security.Cryptography;
using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Reactions;

namespace Caas.Tests.Contracts;

/// <summary>What every adapter of <see cref="IMessageReader"/> promises.</summary>
public abstract class MessageReaderContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private IMessageReader Reader => Port<IMessageReader>();

    [Fact]
    public async Task Pages_are_newest_first_and_filled_from_the_side_that_was_asked_for()
    {
        var id = await Filled(10);

        (await Page(MessageRange.Newest)).ShouldBe([10, 9, 8, 7]);
        (await Page(new(MessageRangeKind.Before, 7))).ShouldBe([6, 5, 4, 3]);
        (await Page(new(MessageRangeKind.Before, 3))).ShouldBe([2, 1]);
        (await Page(new(MessageRangeKind.After, 0))).ShouldBe([4, 3, 2, 1]);
        (await Page(new(MessageRangeKind.After, 8))).ShouldBe([10, 9]);
        (await Page(new(MessageRangeKind.Around, 5))).ShouldBe([6, 5, 4, 3]);
        (await Page(new(MessageRangeKind.Around, 1))).ShouldBe([4, 3, 2, 1]);
        (await Page(new(MessageRangeKind.Around, 10))).ShouldBe([10, 9, 8, 7]);

        async Task<IEnumerable<long>> Page(MessageRange range) =>
            (await Reader.ListAsync(Client, Ann, id, range, 4, Ct)).Select(message => message.Sequence);
    }

    [Fact]
    public async Task Nobody_but_a_present_member_and_the_control_plane_reads()
    {
        var id = await Group(Ann, Bob);
        var message = await Send(id, Ann, "hi");
        await Send(id, Ann, "ho", replyTo: message.Id);
        await Commit(id, new MessageEdit(Origin, message.Id) { Text = "hey" });
        await Commit(id, new MemberRemoval(Origin, Bob));

        await SeesNothing(Client, Bob);
        await SeesNothing(Client, Cid);
        await SeesNothing(OtherClient, Ann);
        (await Reader.ListAsync(Client, null, id, MessageRange.Newest, 10, Ct)).Count.ShouldBe(2);
        (await Reader.FindAsync(Client, null, message.Id, Ct))!.Text.ShouldBe("hey");

        async Task SeesNothing(ClientId client, UserId user)
        {
            (await Reader.FindAsync(client, user, message.Id, Ct)).ShouldBeNull();
            (await Reader.ListAsync(client, user, id, MessageRange.Newest, 10, Ct)).ShouldBeEmpty();
            (await Reader.ListAsync(client, user, id, new(MessageRangeKind.Around, 1), 10, Ct)).ShouldBeEmpty();
            (await Reader.ListRepliesAsync(client, user, message.Id, long.MaxValue, 10, Ct)).ShouldBeEmpty();
            (await Reader.ListRevisionsAsync(client, user, message.Id, Ct)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_member_without_history_sees_nothing_from_before()
    {
        var id = await Group(HistoryAccess.None, Ann);
        var before = await Send(id, Ann, "before");
        await Commit(id, new NewMembers(Origin, [new NewMember(Bob, MemberRole.Member)], 10));
        var after = await Send(id, Ann, "after", replyTo: before.Id);

        (await Reader.FindAsync(Client, Bob, before.Id, Ct)).ShouldBeNull();
        (await Reader.FindAsync(Client, Bob, after.Id, Ct)).ShouldNotBeNull();
        (await Reader.ListAsync(Client, Bob, id, MessageRange.Newest, 10, Ct)).Select(message => message.Sequence).ShouldBe([2]);
        (await Reader.ListAsync(Client, Bob, id, new(MessageRangeKind.Around, 1), 10, Ct))
            .Select(message => message.Sequence).ShouldBe([2]);
    }

    [Fact]
    public async Task Reactions_say_which_are_the_readers_own()
    {
        var id = await Group(Ann, Bob);
        var message = await Send(id, Ann, "hi");
        await React(Ann, "👍");
        await React(Bob, "👍");
        await React(Bob, "🎉");

        var read = (await Reader.ListAsync(Client, Ann, id, MessageRange.Newest, 10, Ct)).Single();
        read.Reactions["👍"].ShouldBe(new ReactionCount(2, true));
        read.Reactions["🎉"].ShouldBe(new ReactionCount(1, false));
        (await Reader.FindAsync(Client, null, message.Id, Ct))!.Reactions["👍"].ShouldBe(new ReactionCount(2));

        await Commit(id, new ReactionChange(Origin, message.Id, new ReactionKey(Ann, "👍"), Stands: false, 10));
        (await Reader.FindAsync(Client, Ann, message.Id, Ct))!.Reactions["👍"].ShouldBe(new ReactionCount(1, false));

        Task React(UserId user, string emoji) =>
            Commit(id, new ReactionChange(Origin, message.Id, new ReactionKey(user, emoji), Stands: true, 10));
    }

    [Fact]
    public async Task Replies_are_newest_first_below_a_number()
    {
        var id = await Group(Ann);
        var message = await Send(id, Ann, "hi");
        for (var i = 0; i < 5; i++)
        {
            await Send(id, Ann, $"reply {i}", replyTo: message.Id);
            await Send(id, Ann, "aside");
        }

        (await Page(long.MaxValue)).ShouldBe([10, 8, 6]);
        (await Page(6)).ShouldBe([4, 2]);

        async Task<IEnumerable<long>> Page(long before) =>
            (await Reader.ListRepliesAsync(Client, Ann, message.Id, before, 3, Ct)).Select(reply => reply.Sequence);
    }

    [Fact]
    public async Task Revisions_are_oldest_first()
    {
        var id = await Group(Ann);
        var message = await Send(id, Ann, "one");
        await Commit(id, new MessageEdit(Origin, message.Id) { Text = "two", Mentions = [Bob] });
        await Commit(id, new MessageEdit(Origin, message.Id) { Text = "three" });

        var revisions = await Reader.ListRevisionsAsync(Client, Ann, message.Id, Ct);

        revisions.Select(revision => (revision.Number, revision.Text)).ShouldBe([(1, "one"), (2, "two")]);
        revisions[1].Mentions.ShouldBe([Bob]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(255, 256)]
    [InlineData(256, 257)]
    [InlineData(257, 600)]
    [InlineData(600, 600)]
    [InlineData(3, 513)]
    public async Task A_proof_has_every_hash_that_leads_from_its_leaf_to_the_root(long sequence, long count)
    {
        var id = await Filled(600);
        var leaves = (await Reader.ListAsync(Client, null, id, new(MessageRangeKind.After, 0), 600, Ct)).Reverse()
            .Select(message => Convert.FromHexString(message.Leaf)).ToArray();

        var material = (await Reader.ReadProofAsync(Client, id, sequence, count, Ct)).ShouldNotBeNull();

        material.Salt.ToArray().ShouldBe(new byte[16]);
        material.Node(0, sequence - 1).ToArray().ShouldBe(leaves[sequence - 1]);
        var path = Path(sequence - 1, 0, count).Select(part => Root(part.From, part.To, material)).ToArray();
        path.ShouldBe(Path(sequence - 1, 0, count).Select(part => Root(leaves.AsSpan((int)part.From..(int)part.To))).ToArray());
    }

    [Fact]
    public async Task There_is_no_proof_of_what_is_not_there()
    {
        var id = await Filled(2);

        (await Reader.ReadProofAsync(Client, id, 3, 3, Ct)).ShouldBeNull();
        (await Reader.ReadProofAsync(Client, id, 2, 1, Ct)).ShouldBeNull();
        (await Reader.ReadProofAsync(Client, id, 0, 2, Ct)).ShouldBeNull();
        (await Reader.ReadProofAsync(Client, id, 1, 3, Ct)).ShouldBeNull();
        (await Reader.ReadProofAsync(OtherClient, id, 1, 2, Ct)).ShouldBeNull();
    }

    private async Task<ConversationId> Filled(int messages)
    {
        var id = await Group(Ann);
        await Task.WhenAll(Enumerable.Range(1, messages).Select(i => Send(id, Ann, $"{i}")));
        return id;
    }

    // RFC 6962 section 2.1.1, the audit path as the ranges of leaves whose roots it holds.
    private static IEnumerable<(long From, long To)> Path(long leaf, long from, long to)
    {
        if (to - from < 2)
        {
            return [];
        }

        var split = from + Split(to - from);
        return leaf < split ? [.. Path(leaf, from, split), (split, to)] : [.. Path(leaf, split, to), (from, split)];
    }

    private static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        var split = (int)Split(leaves.Length);
        return Node(Root(leaves[..split]), Root(leaves[split..]));
    }

    // From kept nodes where there is one, as a server makes it.
    private static byte[] Root(long from, long to, ProofMaterial material)
    {
        for (var height = 0; 1L << height <= to - from; height += MerkleFrontier.KeptHeight)
        {
            if (1L << height == to - from && from % (to - from) == 0)
            {
                return material.Node(height, from >> height).ToArray();
            }
        }

        var split = from + Split(to - from);
        return Node(Root(from, split, material), Root(split, to, material));
    }

    private static long Split(long count) => 1L << System.Numerics.BitOperations.Log2((ulong)count - 1);

    private static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}
