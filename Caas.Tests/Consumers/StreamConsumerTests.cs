using Caas.Consumers.Delivery;
using Caas.Consumers.Streams;
using Caas.Domain.Events;

namespace Caas.Tests.Consumers;

public sealed class StreamConsumerTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConsumerHarness _harness = new();
    private readonly List<string> _done = [];
    private int _tries;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_record_that_always_fails_is_a_dead_letter_after_five_tries_within_a_minute()
    {
        _harness.Run(Handler());
        _harness.Put(0, "poison", "key");

        _harness.Loop.Until(() => _harness.WrittenLetters.Count == 1, Minute);

        _tries.ShouldBe(5);
        var letter = _harness.WrittenLetters.Single();
        letter.Topic.ShouldBe(ConsumerHarness.Topic);
        letter.Key.ShouldBe("key");
        letter.Consumer.ShouldBe(ConsumerHarness.Group);
        letter.Attempts.ShouldBe(5);
        letter.Reason.ShouldBe("unexpected: FormatException");
        letter.Value.ToArray().ShouldBe("poison"u8.ToArray());
        letter.FailedAt.ShouldBe(_harness.Loop.Clock.GetUtcNow());
        _harness.Stream.Committed(ConsumerHarness.Topic, ConsumerHarness.Group, 0).ShouldBe(1);
    }

    [Fact]
    public void Later_records_of_the_same_and_of_other_keys_go_on_meanwhile()
    {
        _harness.Run(Handler());
        _harness.Put(0, "poison", "a");
        _harness.Put(0, "same key", "a");
        _harness.Put(0, "same partition", "b");
        _harness.Put(1, "other partition", "c");

        _done.ShouldBe(["same key", "same partition", "other partition"], ignoreOrder: true);
        _harness.Stream.Committed(ConsumerHarness.Topic, ConsumerHarness.Group, 0).ShouldBe(0);
        _harness.Loop.Advance(Minute);
        _harness.Stream.Committed(ConsumerHarness.Topic, ConsumerHarness.Group, 0).ShouldBe(3);
        _done.Count.ShouldBe(3);
    }

    [Fact]
    public void What_was_not_finished_is_read_again_after_a_restart()
    {
        _harness.Run(Handler());
        _harness.Put(0, "first");
        _harness.Put(0, "poison");
        _harness.Put(0, "last");
        _harness.Restart();
        _harness.Stream.Committed(ConsumerHarness.Topic, ConsumerHarness.Group, 0).ShouldBe(1);
        _harness.WrittenLetters.ShouldBeEmpty();

        _harness.Run(Handler());
        _harness.Loop.Until(() => _harness.WrittenLetters.Count == 1, Minute);

        _done.ShouldBe(["first", "last", "last"]);
        _tries.ShouldBe(6);
    }

    [Fact]
    public void A_stream_that_is_lost_is_joined_again()
    {
        _harness.Run(Handler());
        _harness.Put(0, "one");
        _harness.Loop.Do(_harness.Stream.Break);
        _harness.Put(0, "two");

        _harness.Loop.Until(() => _done.Count == 2, Minute);

        _done.ShouldBe(["one", "two"]);
    }

    [Fact]
    public void A_damaged_partition_stops_no_other_and_is_told_of()
    {
        _harness.Stream.Damaged.Add((ConsumerHarness.Topic, 1));
        _harness.Run(Handler());
        _harness.Put(0, "zero");
        _harness.Put(1, "lost");
        _harness.Put(2, "two");

        _harness.Loop.Advance(Minute);

        _done.ShouldBe(["zero", "two"], ignoreOrder: true);
        var told = _harness.Told.Single();
        told.Type.ShouldBe(NotificationTypes.PartitionDamaged);
        told.Subject.ShouldBe("t g");
    }

    [Fact]
    public void A_dead_letter_that_the_stream_does_not_take_is_written_when_it_does()
    {
        _harness.Stream.Refuses = static topic => topic == Topics.DeadLetters;
        _harness.Run(Handler());
        _harness.Put(0, "poison");
        _harness.Loop.Advance(Minute + Minute);
        _harness.Stream.Committed(ConsumerHarness.Topic, ConsumerHarness.Group, 0).ShouldBe(0);

        _harness.Stream.Refuses = static _ => false;
        _harness.Loop.Until(() => _harness.WrittenLetters.Count == 1, Minute);

        _harness.Stream.Committed(ConsumerHarness.Topic, ConsumerHarness.Group, 0).ShouldBe(1);
        _tries.ShouldBe(5);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 99, 1, 2 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 0xff })]
    public void What_is_no_event_is_a_dead_letter_of_the_real_delivery(byte[] value)
    {
        _ = _harness.Events;
        _harness.Run(new DeliveryHandler(_harness.Events, bus: null!));
        _harness.Loop.Do(() => _harness.Stream.Put(Topics.Events, 0, "k", value));

        _harness.Loop.Until(() => _harness.WrittenLetters.Count == 1, Minute);

        _harness.WrittenLetters.Single().EventId.ShouldBeNull();
        _harness.WrittenLetters.Single().Reason.ShouldStartWith("unreadable: InvalidDataException");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_handler_that_hangs_is_a_failed_try_and_holds_up_nothing(bool hearsItsToken)
    {
        var tokens = new List<CancellationToken>();
        _harness.Run(new AsyncHandler(async (record, cancellationToken) =>
        {
            if (ConsumerHarness.TextOf(record) == "poison")
            {
                tokens.Add(cancellationToken);
                var never = new TaskCompletionSource();
                await never.Task.WaitAsync(hearsItsToken ? cancellationToken : CancellationToken.None);
            }

            _done.Add(ConsumerHarness.TextOf(record));
        }));
        _harness.Put(0, "poison");
        _harness.Put(0, "next");
        _harness.Put(1, "elsewhere");

        _harness.Loop.Advance(TimeSpan.FromSeconds(29));
        _done.ShouldBeEmpty();
        _harness.Loop.Advance(TimeSpan.FromSeconds(1));
        _done.ShouldBe(["next", "elsewhere"], ignoreOrder: true);
        _harness.Loop.Until(() => _harness.WrittenLetters.Count == 1, TimeSpan.FromMinutes(4));

        tokens.Count.ShouldBe(5);
        tokens.ShouldAllBe(token => token.IsCancellationRequested);
        _harness.WrittenLetters.Single().Reason.ShouldStartWith("timed_out: TimeoutException");
        _harness.WrittenLetters.Single().Consumer.ShouldBe(ConsumerHarness.Group);
    }

    [Fact]
    public void A_handler_that_hangs_does_not_hold_up_the_end()
    {
        var never = new TaskCompletionSource();
        _harness.Run(new AsyncHandler((_, _) => never.Task));
        _harness.Put(0, "poison");

        _harness.Restart();

        _harness.WrittenLetters.ShouldBeEmpty();
        _harness.Stream.Committed(ConsumerHarness.Topic, ConsumerHarness.Group, 0).ShouldBe(0);
    }

    [Fact]
    public void No_line_letter_or_notification_holds_what_an_exception_says()
    {
        const string Canary = "canary-5b1e";
        _harness.Stream.Refuses = static topic => topic == Topics.DeadLetters;
        var handler = new ScriptedHandler(record => throw new InvalidOperationException(
            $"outer {Canary}", new FormatException($"The text '{Canary}' of {ConsumerHarness.TextOf(record)} is none.")));
        _harness.Run(handler);
        _harness.RunDeadLetters(handler);
        _harness.Put(0, Canary);
        _harness.Loop.Advance(Minute);
        _harness.Stream.Refuses = static _ => false;
        _harness.Loop.Until(() => _harness.Store.Waiting.Count == 1, Minute);
        _harness.Replay(_harness.Store.Waiting.Single().Id);
        _harness.Loop.Until(() => _harness.Store.Waiting.Count == 1, Minute);

        _harness.Log.All.Select(line => line.Id).Distinct().ShouldBe([5102, 5104, 5201], ignoreOrder: true);
        _harness.Log.All.ShouldAllBe(line => !line.Text.Contains(Canary, StringComparison.Ordinal));
        _harness.Log.All.First(line => line.Id == 5102).Text.ShouldContain("unexpected: InvalidOperationException < FormatException (at ");
        _harness.WrittenLetters.ShouldAllBe(letter => letter.Reason == "unexpected: InvalidOperationException < FormatException");
        _harness.Told.Count.ShouldBe(2);
        _harness.Told.ShouldAllBe(told => !told.Detail.Contains(Canary, StringComparison.Ordinal));
    }

    [Fact]
    public void A_time_that_makes_no_sense_is_a_fault_that_names_its_key()
    {
        new ConsumersOptions().FindFault().ShouldBeNull();
        new ConsumersOptions { TryTimeout = TimeSpan.Zero }.FindFault()
            .ShouldBe("Caas:Consumers:TryTimeout is not between 00:00:01 and 00:10:00.");
        new ConsumersOptions { ErasureTimeout = TimeSpan.FromSeconds(29) }.FindFault()
            .ShouldBe("Caas:Consumers:ErasureTimeout is not between TryTimeout and 1.00:00:00.");
    }

    [Fact]
    public void The_waits_are_below_a_minute_together() =>
        Enumerable.Range(1, RetryPolicy.MaxAttempts - 1).Sum(attempts => RetryPolicy.DelayAfter(attempts).TotalSeconds).ShouldBe(42.5);

    private ScriptedHandler Handler() => new(record =>
    {
        var text = ConsumerHarness.TextOf(record);
        if (text == "poison")
        {
            _tries++;
            throw new FormatException($"It holds '{text}'.");
        }

        _done.Add(text);
    });
}
