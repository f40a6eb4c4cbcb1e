using Caas.Domain.Events;
using Caas.Engines.Kafka;

namespace Caas.Tests.Engines.Kafka;

/// <summary>What stands between the fetching thread and the reader.</summary>
public sealed class HeldPartitionsTests
{
    private readonly HeldPartitions _held = new("t", new KafkaOptions { MaxBufferedRecords = 4, MaxBufferedBytes = 100, MaxReadRecords = 3 });

    [Fact]
    public void Records_are_given_out_by_partition_in_turn_and_in_order()
    {
        _held.Assign([0, 1]);
        Add(0, 5, 6, 7, 8);
        Add(1, 1);

        Take().ShouldBe("0: 5 6 7");
        Take().ShouldBe("1: 1");
        Take().ShouldBe("0: 8");
        Take().ShouldBe("nothing");
    }

    [Fact]
    public void A_partition_that_is_not_read_pauses_once_and_goes_on_when_half_is_read()
    {
        _held.Assign([0, 1]);
        Enumerable.Range(0, 6).Select(offset => _held.Add(0, Record(offset), size: 1))
            .ShouldBe([false, false, false, true, false, false]);
        _held.AnyPaused.ShouldBeTrue();
        Add(1, 0).ShouldBeFalse();
        _held.TakeDrained().ShouldBeEmpty();

        Take().ShouldBe("0: 0 1 2");
        _held.TakeDrained().ShouldBeEmpty();
        Take().ShouldBe("1: 0");
        Take().ShouldBe("0: 3 4 5");

        _held.TakeDrained().ShouldBe([0]);
        _held.AnyPaused.ShouldBeFalse();
        _held.TakeDrained().ShouldBeEmpty();
    }

    [Fact]
    public void Bytes_pause_a_partition_too()
    {
        _held.Assign([0]);

        _held.Add(0, Record(0), size: 99).ShouldBeFalse();
        _held.Add(0, Record(1), size: 1).ShouldBeTrue();
    }

    [Fact]
    public void A_damage_is_told_once_behind_what_came_before_it_and_nothing_comes_after_it()
    {
        _held.Assign([0, 1]);
        Add(0, 0);
        _held.Stop(0, new InvalidDataException("here")).ShouldBeTrue();
        _held.Stop(0, new InvalidDataException("there")).ShouldBeFalse();
        Add(0, 9);

        Take().ShouldBe("0: 0");
        Should.Throw<InvalidDataException>(() => Take()).Message.ShouldBe("here");
        Take().ShouldBe("nothing");
        Add(1, 3);
        Take().ShouldBe("1: 3");
    }

    [Fact]
    public void A_partition_that_comes_back_is_told_of_again()
    {
        _held.Assign([0]);
        _held.Stop(0, new InvalidDataException("here"));
        Should.Throw<InvalidDataException>(() => Take());
        _held.Revoke([0]);
        _held.Assign([0]);

        _held.Stop(0, new InvalidDataException("again")).ShouldBeTrue();

        Should.Throw<InvalidDataException>(() => Take()).Message.ShouldBe("again");
    }

    [Fact]
    public void A_commit_never_goes_back_and_never_before_what_was_handed_out()
    {
        _held.Assign([0]);
        Add(0, 10, 11, 12);
        Commit(0, 11).ShouldBe([]);
        Take();

        Commit(0, 10).ShouldBe([]);
        Commit(0, 12).ShouldBe([(0, 12L)]);
        Commit(0, 12).ShouldBe([]);
        Commit(0, 11).ShouldBe([]);
        Commit(0, 13).ShouldBe([(0, 13L)]);
        Commit(0, 14).ShouldBe([]);
        Commit(7, 1).ShouldBe([]);
        _held.Committed(0).ShouldBe(13);
    }

    [Fact]
    public void The_last_of_several_commits_is_sent()
    {
        _held.Assign([0]);
        Add(0, 0, 1, 2);
        Take();
        _held.Commit(0, 1);

        Commit(0, 2).ShouldBe([(0, 2L)]);
    }

    [Fact]
    public void What_was_handed_out_before_a_partition_was_lost_is_not_committed_after()
    {
        _held.Assign([0]);
        Add(0, 0, 1, 2);
        Take();
        Add(0, 3, 4, 5, 6);
        _held.AnyPaused.ShouldBeTrue();
        _held.Revoke([0]);

        Commit(0, 3).ShouldBe([]);
        Take().ShouldBe("nothing");
        _held.AnyPaused.ShouldBeFalse();
        _held.Buffered.ShouldBe(0);
        _held.Assign([0]);
        Commit(0, 3).ShouldBe([]);
        Add(0, 1);
        Take().ShouldBe("0: 1");
        Commit(0, 3).ShouldBe([]);
        Commit(0, 2).ShouldBe([(0, 2L)]);
    }

    [Fact]
    public void A_record_of_a_partition_that_is_not_held_is_dropped()
    {
        Add(0, 0).ShouldBeFalse();

        Take().ShouldBe("nothing");
    }

    private bool Add(int partition, params int[] offsets) =>
        offsets.Select(offset => _held.Add(partition, Record(offset), size: 1)).ToList().Contains(true);

    private List<(int, long)> Commit(int partition, long next)
    {
        _held.Commit(partition, next);
        return _held.TakeUnsent();
    }

    private string Take() => _held.TryTake(out var batch)
        ? $"{batch.Partition}: {string.Join(' ', batch.Records.Select(static record => record.Offset))}"
        : "nothing";

    private static ConsumedRecord Record(int offset) =>
        new(offset, "k", ReadOnlyMemory<byte>.Empty, TraceParent: null, DateTimeOffset.UnixEpoch);
}
