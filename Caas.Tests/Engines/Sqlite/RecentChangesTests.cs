using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Documents;

namespace Caas.Tests.Engines.Sqlite;

/// <summary>What the relay finds in memory is what follows, or nothing.</summary>
public sealed class RecentChangesTests
{
    private readonly RecentChanges _recent = new();

    [Fact]
    public void Changes_come_once_in_their_order_up_to_the_limit()
    {
        _recent.Add(Changes(1, 2, 3));

        Take(after: 0, limit: 2).ShouldBe([1, 2]);
        Take(after: 2, limit: 2).ShouldBe([3]);
        Take(after: 3, limit: 2).ShouldBeEmpty();
    }

    [Fact]
    public void Who_is_behind_what_is_here_finds_nothing()
    {
        _recent.Add(Changes(5, 6));

        Take(after: 3, limit: 10).ShouldBeEmpty();
        Take(after: 4, limit: 10).ShouldBe([5, 6]);
    }

    [Fact]
    public void Who_is_ahead_finds_only_what_follows()
    {
        _recent.Add(Changes(5, 6, 7));

        Take(after: 6, limit: 10).ShouldBe([7]);
    }

    [Fact]
    public void Too_many_leave_only_the_newest_run()
    {
        _recent.Add(Changes([.. Enumerable.Range(1, 1025)]));

        Take(after: 0, limit: 10).ShouldBeEmpty();
        Take(after: 1024, limit: 10).ShouldBe([1025]);
    }

    [Fact]
    public void Too_many_bytes_leave_only_the_newest_run()
    {
        _recent.Add([Large(1), Large(2)]);

        Take(after: 0, limit: 10).ShouldBeEmpty();
        Take(after: 1, limit: 10).ShouldBe([2]);
    }

    [Fact]
    public void What_is_cleared_is_gone()
    {
        _recent.Add(Changes(1, 2));
        _recent.Clear();

        Take(after: 0, limit: 10).ShouldBeEmpty();
    }

    private static List<(long Position, Change Change)> Changes(params int[] positions) =>
        [.. positions.Select(position => ((long)position, ChangeOf(position, bytes: 10)))];

    private static (long Position, Change Change) Large(long position) => (position, ChangeOf(position, bytes: 600 * 1024));

    private static Change ChangeOf(long version, int bytes) =>
        new(new ClientId(Guid.Empty), ConversationId: null, version, EventTypes.MessageSent, new byte[bytes], TraceParent: null);

    private long[] Take(long after, int limit)
    {
        var taken = new List<Change>();
        var last = _recent.Take(after, limit, taken);
        last.ShouldBe(taken.Count == 0 ? after : taken[^1].Version);
        return [.. taken.Select(change => change.Version)];
    }
}
