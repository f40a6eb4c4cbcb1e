using Caas.Domain.Errors;
using Caas.Domain.Events;
using CsCheck;

namespace Caas.Tests.Consumers;

public sealed class DeadLetterTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConsumerHarness _harness = new();
    private readonly List<string> _done = [];
    private bool _isBroken = true;
    private bool _hangs;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_replay_works_once_the_fault_is_mended()
    {
        var letter = Fail("record");
        _isBroken = false;

        _harness.Replay(letter.Id);
        _harness.Loop.Do(static () => { });

        _done.ShouldBe(["record"]);
        _harness.Store.Waiting.ShouldBeEmpty();
    }

    [Fact]
    public void A_replay_that_is_asked_for_twice_is_carried_out_once()
    {
        var letter = Fail("record");
        _isBroken = false;

        _harness.Replay(letter.Id);
        _harness.Replay(letter.Id);

        _done.ShouldBe(["record"]);
    }

    [Fact]
    public void A_replay_that_fails_again_is_a_letter_again()
    {
        var letter = Fail("record");

        _harness.Replay(letter.Id);
        _harness.Loop.Until(() => _harness.Store.Waiting.Count == 1, Minute);

        var again = _harness.Store.Waiting.Single();
        again.Id.ShouldNotBe(letter.Id);
        again.Attempts.ShouldBe(10);
        again.Consumer.ShouldBe(ConsumerHarness.Group);
        again.Topic.ShouldBe(ConsumerHarness.Topic);
        again.Value.ToArray().ShouldBe("record"u8.ToArray());
        _isBroken = false;
        _harness.Replay(again.Id);
        _done.ShouldBe(["record"]);
    }

    [Fact]
    public async Task One_that_was_discarded_cannot_be_replayed()
    {
        var letter = Fail("record");
        await _harness.Store.RemoveAsync(letter.Id, DeadLetterState.Discarded, TestContext.Current.CancellationToken);
        var replay = new ReplayDeadLetter(_harness.Store, _harness.Stream, _harness.Letters, _harness.Loop.Clock);

        (await replay.ExecuteAsync(letter.Id, TestContext.Current.CancellationToken)).Error.ShouldNotBeNull();
    }

    [Fact]
    public void The_operator_is_told_of_a_letter()
    {
        var letter = Fail("record");

        var told = _harness.Told.Single();

        told.Type.ShouldBe(NotificationTypes.DeadLetterAdded);
        told.Subject.ShouldBe(letter.Id.ToString());
        told.Detail.ShouldBe("g gave up on t/0@0: engine_away: IOException");
    }

    [Fact]
    public void A_store_that_is_away_loses_no_letter()
    {
        _harness.Store.IsAway = true;
        Start("record");
        _harness.Loop.Advance(TimeSpan.FromMinutes(5));
        _harness.WrittenLetters.Count.ShouldBe(1);

        _harness.Store.IsAway = false;
        _harness.Loop.Until(() => _harness.Store.Waiting.Count == 1, Minute);
    }

    [Fact]
    public void What_is_no_letter_is_skipped()
    {
        _harness.RunDeadLetters();
        _harness.Loop.Do(() => _harness.Stream.Put(Topics.DeadLetters, 0, "k", [1, 2, 3]));

        _harness.Stream.Committed(Topics.DeadLetters, ConsumerGroups.DeadLetters, 0).ShouldBe(1);
        _harness.Stream.Committed(Topics.DeadLetters, ConsumerGroups.Replays, 0).ShouldBe(1);
    }

    [Fact]
    public void The_same_failure_has_the_same_id_and_sorts_by_its_time() => Gen.Select(Gen.Int[0, 9], Gen.Long[0, 1L << 40], Gen.Int[1, 1_000_000]).Sample(
        (partition, offset, later) =>
        {
            var at = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
            var id = DeadLetterId.Of("g", "t", partition, offset, at);
            id.ShouldBe(DeadLetterId.Of("g", "t", partition, offset, at));
            id.ShouldNotBe(DeadLetterId.Of("h", "t", partition, offset, at));
            id.Value.Version.ShouldBe(7);
            string.CompareOrdinal(id.ToString(), DeadLetterId.Of("g", "t", 0, 0, at.AddMilliseconds(later)).ToString()).ShouldBeLessThan(0);
            id.OfFailedReplay().ToString()[..14].ShouldBe(id.ToString()[..14]);
        });

    [Fact]
    public void A_reason_is_a_stable_word_and_the_types_never_what_they_say()
    {
        const string Message = "It says 'my secret' twice";

        DeadLetterReason.Of(new IOException(Message)).ShouldBe("engine_away: IOException");
        DeadLetterReason.Of(new InvalidDataException(Message, new FormatException(Message)))
            .ShouldBe("unreadable: InvalidDataException < FormatException");
        DeadLetterReason.Of(new TimeoutException(Message)).ShouldBe("timed_out: TimeoutException");
        DeadLetterReason.Of(new RefusedException(new Error(ErrorCatalogue.Overloaded, Message)))
            .ShouldBe("overloaded: RefusedException");
        DeadLetterReason.Of(new FormatException(Message)).ShouldBe("unexpected: FormatException");
    }

    [Fact]
    public void A_replay_that_hangs_is_a_letter_of_its_own_group_again()
    {
        var letter = Fail("record");
        _hangs = true;

        _harness.Replay(letter.Id);
        _harness.Loop.Until(() => _harness.Store.Waiting.Count == 1, TimeSpan.FromMinutes(5));

        _harness.Store.Waiting.Single().Consumer.ShouldBe(ConsumerHarness.Group);
        _harness.Store.Waiting.Single().Reason.ShouldStartWith("timed_out: TimeoutException");
    }

    private void Start(string text)
    {
        var handler = new AsyncHandler(async (record, cancellationToken) =>
        {
            if (_hangs)
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            if (_isBroken)
            {
                throw new IOException("The engine is away.");
            }

            _done.Add(ConsumerHarness.TextOf(record));
        });
        _harness.Run(handler);
        _harness.RunDeadLetters(handler);
        _harness.Put(0, text);
    }

    private DeadLetter Fail(string text)
    {
        Start(text);
        _harness.Loop.Until(() => _harness.Store.Waiting.Count == 1, Minute);
        return _harness.Store.Waiting.Single();
    }
}
