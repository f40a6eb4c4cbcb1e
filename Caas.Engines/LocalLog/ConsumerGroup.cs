using Microsoft.Extensions.Logging;

namespace Caas.Engines.LocalLog;

/// <summary>
/// A group that reads a topic: which member holds which partition, where each goes on, and what was committed. A
/// partition that changes hands begins at the committed offset, so what its last holder had not committed is read again.
/// </summary>
internal sealed class ConsumerGroup(TopicLog topic, string name, OffsetLedger ledger, ILogger logger)
{
    // Owned by _gate.
    private readonly Lock _gate = new();
    private readonly List<GroupMember> _members = [];
    private readonly Seat[] _seats = [.. topic.Partitions.Select(static _ => new Seat())];

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Where the group is in a partition: what it committed, or the first kept offset.</summary>
    public long Committed(int partition)
    {
        lock (_gate)
        {
            return Math.Max(_seats[partition].Committed, topic.Partitions[partition].Start);
        }
    }

    /// <summary>Takes over what the file says; never goes back.</summary>
    public void Load(int partition, long committed)
    {
        lock (_gate)
        {
            _seats[partition].Committed = Math.Max(_seats[partition].Committed, committed);
        }
    }

    /// <summary>Lets a member in.</summary>
    public void Join(GroupMember member)
    {
        lock (_gate)
        {
            _members.Add(member);
            AssignLocked();
        }
    }

    /// <summary>Gives a member's partitions to the others.</summary>
    public void Leave(GroupMember member)
    {
        lock (_gate)
        {
            _members.Remove(member);
            AssignLocked();
        }
    }

    /// <summary>Wakes who holds this partition.</summary>
    public void Notify(int partition)
    {
        lock (_gate)
        {
            _seats[partition].Holder?.Wake();
        }
    }

    /// <summary>Tells every member that nothing comes any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _members.ForEach(static member => member.Close());
        }
    }

    /// <summary>The next partition of the member, after the one given, that has something to read.</summary>
    public bool TryClaim(GroupMember member, int after, out Claim claim)
    {
        lock (_gate)
        {
            for (var i = 1; i <= _seats.Length; i++)
            {
                var number = (after + i) % _seats.Length;
                var seat = _seats[number];
                if (seat.Holder == member && !seat.Stopped && seat.Next < topic.Partitions[number].End)
                {
                    claim = new Claim(topic.Partitions[number], seat.Next, seat.Turn);
                    return true;
                }
            }
        }

        claim = default;
        return false;
    }

    /// <summary>The claim was read up to here; false where the partition changed hands meanwhile.</summary>
    public bool Advance(Claim claim, long next)
    {
        lock (_gate)
        {
            var seat = _seats[claim.Partition.Number];
            if (seat.Turn != claim.Turn)
            {
                return false;
            }

            seat.Next = next;
            return true;
        }
    }

    /// <summary>Stops serving the partition to its present holder: it cannot be read on.</summary>
    public void Stop(Claim claim)
    {
        lock (_gate)
        {
            var seat = _seats[claim.Partition.Number];
            seat.Stopped |= seat.Turn == claim.Turn;
        }
    }

    /// <summary>Commits an offset; ignored where the member does not hold the partition, or where it would go back.</summary>
    public void Commit(GroupMember member, int partition, long nextOffset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)partition, (uint)(_seats.Length - 1), nameof(partition));
        var log = topic.Partitions[partition];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nextOffset, log.End);
        lock (_gate)
        {
            var seat = _seats[partition];
            if (seat.Holder != member || nextOffset <= seat.Committed)
            {
                return;
            }

            seat.Committed = nextOffset;
            ledger.Add(new OffsetKey(log.Id, name), nextOffset);
        }
    }

    // Sticky: first the free partitions, each to the member with the fewest, then one at a time from the member with
    // the most to the one with the fewest, until no two differ by more than one.
    private void AssignLocked()
    {
        for (var number = 0; number < _seats.Length; number++)
        {
            if (_seats[number].Holder is not { } holder || !_members.Contains(holder))
            {
                GiveLocked(number, _members.MinBy(HeldLocked));
            }
        }

        while (_members.MaxBy(HeldLocked) is { } most
            && _members.MinBy(HeldLocked) is { } fewest
            && HeldLocked(most) > HeldLocked(fewest) + 1)
        {
            GiveLocked(Array.FindIndex(_seats, seat => seat.Holder == most), fewest);
        }
    }

    private int HeldLocked(GroupMember member) => _seats.Count(seat => seat.Holder == member);

    private void GiveLocked(int number, GroupMember? member)
    {
        var seat = _seats[number];
        var partition = topic.Partitions[number];
        if (member is not null && seat.Committed < partition.Start && seat.Committed > 0)
        {
            LogMessages.OffsetRetainedAway(logger, partition.Topic, number, name, seat.Committed, partition.Start);
        }

        seat.Holder = member;
        seat.Turn++;
        seat.Stopped = false;
        seat.Next = Math.Max(seat.Committed, partition.Start);
        member?.Wake();
    }

    private sealed class Seat
    {
        public GroupMember? Holder { get; set; }

        public int Turn { get; set; }

        public bool Stopped { get; set; }

        public long Next { get; set; }

        public long Committed { get; set; }
    }
}

/// <summary>A right to read a partition from an offset.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Next">Where to read.</param>
/// <param name="Turn">Counts how often the partition changed hands.</param>
internal readonly record struct Claim(PartitionLog Partition, long Next, int Turn);
