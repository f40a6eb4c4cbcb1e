using System.Globalization;
using Caas.Consumers.Streams;
using Caas.Domain.Events;
using Caas.Tests.Consumers;

namespace Caas.Tests.Faults;

/// <summary>
/// P8: the process dies at its first step, at its second, and so on until a run has no more: before an effect, between the
/// effect and its record's end, before a dead letter, before a commit. Random runs are in ConsumerSimulationTests.
/// </summary>
public sealed class ConsumerRestartTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(30);

    [Fact]
    public void Whatever_step_it_dies_at_each_effect_is_there_once_and_all_poison_is_buried()
    {
        var step = 1;
        var repeated = 0;
        for (; ; step++)
        {
            using var run = new Run(step);
            run.Execute();
            run.Check();
            repeated += run.Repetitions;
            if (!run.Died)
            {
                break;
            }
        }

        output.WriteLine($"{step - 1} steps, a death at each; {repeated} deliveries that an effect without its event's id would have counted");
        step.ShouldBeGreaterThan(100);
    }

    // The control: three copies of each and a restart, and nothing that remembers the event.
    [Fact]
    public void An_effect_that_does_not_remember_its_event_is_there_more_than_once()
    {
        using var run = new Run(dieAt: 20);

        run.Execute();

        run.Died.ShouldBeTrue();
        run.Repetitions.ShouldBeGreaterThanOrEqualTo(2 * Run.Good);
    }

    [Fact]
    public void Poison_is_buried_within_a_minute_and_holds_up_nobody()
    {
        using var run = new Run(dieAt: 0);

        run.Execute();

        run.Check();
        run.LastEffectAt.ShouldBe(run.BeganAt, "no effect waited for a poison event's tries");
        run.Letters.ShouldAllBe(letter => letter.FailedAt - run.BeganAt <= TimeSpan.FromMinutes(1));
    }

    private sealed class Run : IDisposable
    {
        public const int Good = Events - Poisons;

        private const int Events = 12;
        private const int Poisons = 2;
        private const int Copies = 3;
        private const int Partitions = 3;

        private readonly ConsumerHarness _harness = new(Partitions);
        private readonly HashSet<int> _effects = [];
        private readonly ScriptedHandler _handler;
        private readonly int _dieAt;
        private bool _isDead;
        private int _step;

        public Run(int dieAt)
        {
            _dieAt = dieAt;
            _handler = new ScriptedHandler(Handle);
            BeganAt = _harness.Loop.Clock.GetUtcNow();
            _harness.Stream.Refuses = topic => topic == Topics.DeadLetters && Dies();
            _harness.Stream.Committing = (_, _, _, _) => Live();
        }

        public bool Died { get; private set; }

        /// <summary>How often an effect was asked for that was there.</summary>
        public int Repetitions { get; private set; }

        public DateTimeOffset BeganAt { get; }

        public DateTimeOffset LastEffectAt { get; private set; }

        public IReadOnlyList<DeadLetter> Letters => _harness.WrittenLetters;

        public void Execute()
        {
            _harness.Run(_handler);
            Feed();
            _harness.Loop.Until(() => _isDead || IsDone(), Long);
            if (_isDead)
            {
                Died = true;
                _harness.Restart();
                _isDead = false;
                _harness.Run(_handler);
                _harness.Loop.Until(IsDone, Long);
            }
        }

        public void Check()
        {
            _effects.Order().ShouldBe(Enumerable.Range(0, Events).Where(number => !IsPoison(number)), $"died at {_dieAt}");

            // A letter may be written twice where the process died after it; it is the same letter then.
            Letters.Select(letter => letter.Id).Distinct().Count().ShouldBe(Poisons * Copies, $"died at {_dieAt}");
            Letters.ShouldAllBe(letter => letter.Attempts == RetryPolicy.MaxAttempts);
            Letters.Select(NumberOf).ShouldAllBe(number => IsPoison(number));
        }

        public void Dispose() => _harness.Dispose();

        private static int NumberOf(DeadLetter letter) => int.Parse(letter.Value.Span, CultureInfo.InvariantCulture);

        private static bool IsPoison(int number) => number % (Events / Poisons) == 1;

        // Every event three times, shuffled: what has one key stays in one partition.
        private void Feed()
        {
            var dice = new Dice(7);
            var copies = Enumerable.Range(0, Events * Copies).Select(static i => i / Copies).ToArray();
            for (var i = copies.Length - 1; i > 0; i--)
            {
                var j = dice.Roll(i + 1);
                (copies[i], copies[j]) = (copies[j], copies[i]);
            }

            foreach (var number in copies)
            {
                _harness.Put(number % Partitions, number.ToString(CultureInfo.InvariantCulture));
            }
        }

        private void Handle(ConsumedRecord record)
        {
            var number = int.Parse(ConsumerHarness.TextOf(record), CultureInfo.InvariantCulture);
            Live();
            if (IsPoison(number))
            {
                throw new FormatException("It is poison.");
            }

            // The effect and the memory of its event are one write.
            if (_effects.Add(number))
            {
                LastEffectAt = _harness.Loop.Clock.GetUtcNow();
            }
            else
            {
                Repetitions++;
            }

            Live();
        }

        private bool IsDone() => !_isDead && Enumerable.Range(0, Partitions).All(partition =>
            _harness.Stream.Committed(ConsumerHarness.Topic, ConsumerHarness.Group, partition)
                == _harness.Stream.Log(ConsumerHarness.Topic, partition).Count);

        private void Live()
        {
            if (Dies())
            {
                throw new IOException("The process is dead.");
            }
        }

        // Once dead, nothing has an effect until the restart.
        private bool Dies()
        {
            _isDead |= ++_step == _dieAt;
            return _isDead;
        }
    }
}
