using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Members;

namespace Caas.Tests.Contracts;

/// <summary>What every adapter of <see cref="IChangeReader"/> promises.</summary>
public abstract class ChangeReaderContract(IDocumentEngine engine) : DocumentsContract(engine)
{
    private IChangeReader Reader => Port<IChangeReader>();

    [Fact]
    public async Task Changes_are_listed_above_a_version_in_order()
    {
        var id = await Group(Ann);
        for (var i = 0; i < 5; i++)
        {
            await Send(id, Ann, $"{i}");
        }

        (await Reader.ListAsync(Client, id, 3, 3, Ct)).Select(change => change.Version).ShouldBe([4, 5, 6]);
        (await Reader.ListAsync(Client, id, 7, 3, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_feed_gives_what_changed_since_its_last_position()
    {
        var quiet = await Group(Ann, Bob);
        var busy = await Group(Ann, Bob);
        await Group(Ann);
        var start = await Reader.ReadFeedAsync(Client, Bob, 0, null, 10, Ct);
        start.Entries.Select(entry => (entry.Head.Id, entry.SinceVersion)).ShouldBe([(quiet, 0), (busy, 0)], ignoreOrder: true);

        await Send(busy, Ann, "one");
        await Send(busy, Ann, "two");
        var page = await Reader.ReadFeedAsync(Client, Bob, start.Position, null, 10, Ct);

        var entry = page.Entries.Single();
        (entry.Head.Id, entry.Head.Version, entry.SinceVersion, entry.Membership.Member.UserId).ShouldBe((busy, 5, 3, Bob));
        page.Position.ShouldBeGreaterThan(start.Position);
        (await Reader.ReadFeedAsync(Client, Bob, page.Position, null, 10, Ct)).Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_feed_is_paged_by_conversation_id()
    {
        var ids = new List<ConversationId>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await Group(Ann));
        }

        var first = await Reader.ReadFeedAsync(Client, Ann, 0, null, 3, Ct);
        var second = await Reader.ReadFeedAsync(Client, Ann, 0, first.Entries[^1].Head.Id, 3, Ct);

        first.Entries.Concat(second.Entries).Select(entry => entry.Head.Id)
            .ShouldBe(ids.OrderBy(id => id.ToString(), StringComparer.Ordinal));
    }

    [Fact]
    public async Task Who_was_removed_learns_of_it_once_and_of_nothing_after()
    {
        var id = await Group(Ann, Bob);
        var before = (await Reader.ReadFeedAsync(Client, Bob, 0, null, 10, Ct)).Position;
        await Commit(id, new MemberRemoval(Origin, Bob));

        var page = await Reader.ReadFeedAsync(Client, Bob, before, null, 10, Ct);
        page.Entries.Single().Membership.LeftVersion.ShouldBe(4);
        await Send(id, Ann, "after");
        (await Reader.ReadFeedAsync(Client, Bob, page.Position, null, 10, Ct)).Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deleted_conversation_is_in_the_feed_as_deleted()
    {
        var id = await Group(Ann);
        var before = (await Reader.ReadFeedAsync(Client, Ann, 0, null, 10, Ct)).Position;
        await Commit(id, new ConversationDeletion(Origin));

        var entry = (await Reader.ReadFeedAsync(Client, Ann, before, null, 10, Ct)).Entries.Single();
        (entry.Head.DeletedAt is null, entry.SinceVersion).ShouldBe((false, 2));
    }

    [Fact]
    public async Task Entries_are_of_those_conversations_that_the_user_is_or_was_in()
    {
        var mine = await Group(Ann, Bob);
        var theirs = await Group(Ann);

        var entries = await Reader.ReadEntriesAsync(Client, Bob, [mine, theirs, NewId()], Ct);

        entries.Select(entry => entry.Head.Id).ShouldBe([mine]);
        (await Reader.ReadEntriesAsync(OtherClient, Bob, [mine], Ct)).ShouldBeEmpty();
        (await Reader.ReadFeedAsync(OtherClient, Bob, 0, null, 10, Ct)).Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_feed_read_during_writes_misses_nothing_when_it_is_read_on()
    {
        var id = await Group(Ann);
        var writes = Task.WhenAll(Enumerable.Range(0, 200).Select(i => Send(id, Ann, $"{i}")));

        var position = 0L;
        var known = 0L;
        while (!writes.IsCompleted || known < 202)
        {
            var page = await Reader.ReadFeedAsync(Client, Ann, position, null, 10, Ct);
            foreach (var entry in page.Entries)
            {
                entry.SinceVersion.ShouldBe(known);
                known = entry.Head.Version;
            }

            position = page.Position;
        }

        await writes;
        known.ShouldBe(202);
    }
}
