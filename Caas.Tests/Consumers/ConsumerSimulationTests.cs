using System.Globalization;
using Caas.Consumers.Streams;

namespace Caas.Tests.Consumers;

/// <summary>
/// P8: no effect is lost, under duplicates, lost members, restarts at earlier positions and appends that fail; the offset
/// that is committed never passes a record that is neither handled nor a dead letter. That an effect is there only once is
/// its handler's part: here it is a set, keyed by the event. One seed is one run.
/// </summary>
public sealed class ConsumerSimulationTests
{
    private const int Partitions = 3;
    private const int EventsOfRun = 24;

    [Fact]
    public void No_effect_is_lost_and_no_commit_passes_an_unfinished_record()
    {
        var runs = int.TryParse(
            Environment.GetEnvironmentVariable("CAAS_TEST_SIMULATIONS"), CultureInfo.InvariantCulture, out var asked) ? asked : 300;
        for (var seed = 1; seed <= runs; seed++)
        {
            try
            {
                new Run((ulong)seed).Execute();
            }
            catch (Exception exception) when (exception is ShouldAssertException or InvalidOperationException)
            {
                throw new ShouldAssertException($"Seed {seed}: {exception.Message}", exception);
            }
        }
    }

    [Fact]
    public void The_check_of_commits_refuses_one_that_passes_an_unfinished_record()
    {
        var check = new Run(1);

        Should.Throw<ShouldAssertException>(() => check.CheckCommit(ConsumerHarness.Topic, 0, 1, [7]));
    }

    private sealed class Run(ulong seed)
    {
        private readonly Dice _dice = new(seed);
        private readonly HashSet<int> _effects = [];
        private readonly HashSet<int> _buried = [];

        public void Execute()
        {
            using var harness = new ConsumerHarness(Partitions);
            var stream = harness.Stream;
            stream.Refuses = _ => _dice.Chance(10);
            stream.BatchSize = () => 1 + _dice.Roll(5);
            stream.Begins = committed => _dice.Roll((int)committed + 1);
            stream.Committing = (topic, _, partition, next) =>
            {
                if (topic == ConsumerHarness.Topic)
                {
                    NoteLetters(harness);
                    CheckCommit(topic, partition, next, [.. stream.Log(topic, partition).Select(NumberOf)]);
                }
            };
            harness.Run(new ScriptedHandler(Handle));
            Feed(harness);
            harness.Loop.Until(() => IsDone(harness), TimeSpan.FromMinutes(30));
            CheckEffects(harness);
        }

        public void CheckCommit(string topic, int partition, long next, IReadOnlyList<int> numbers) => numbers.Take((int)next)
            .ShouldAllBe(number => _effects.Contains(number) || _buried.Contains(number), $"{topic}/{partition}@{next}");

        private static int NumberOf(Domain.Events.ConsumedRecord record) =>
            int.Parse(ConsumerHarness.TextOf(record), CultureInfo.InvariantCulture);

        private static bool IsPoison(int number) => number % 8 == 3;

        // Every event three times, in any order and among the others.
        private void Feed(ConsumerHarness harness)
        {
            var copies = Enumerable.Range(0, EventsOfRun * 3).Select(static i => i / 3).ToArray();
            for (var i = copies.Length - 1; i > 0; i--)
            {
                var j = _dice.Roll(i + 1);
                (copies[i], copies[j]) = (copies[j], copies[i]);
            }

            foreach (var number in copies)
            {
                harness.Put(number % Partitions, number.ToString(CultureInfo.InvariantCulture));
                if (_dice.Chance(8))
                {
                    harness.Loop.Do(harness.Stream.Break);
                }

                if (_dice.Chance(20))
                {
                    harness.Loop.Advance(TimeSpan.FromSeconds(_dice.Roll(20)));
                }
            }
        }

        // The effect is idempotent by the event's number, as the port asks.
        private void Handle(Domain.Events.ConsumedRecord record)
        {
            var number = NumberOf(record);
            if (IsPoison(number) || _dice.Chance(15))
            {
                throw new IOException("Not now.");
            }

            _effects.Add(number);
        }

        private void NoteLetters(ConsumerHarness harness)
        {
            foreach (var letter in harness.WrittenLetters)
            {
                _buried.Add(int.Parse(letter.Value.Span, CultureInfo.InvariantCulture));
            }
        }

        private static bool IsDone(ConsumerHarness harness) => Enumerable.Range(0, Partitions).All(partition =>
            harness.Stream.Committed(ConsumerHarness.Topic, ConsumerHarness.Group, partition)
                == harness.Stream.Log(ConsumerHarness.Topic, partition).Count);

        private void CheckEffects(ConsumerHarness harness)
        {
            NoteLetters(harness);
            for (var number = 0; number < EventsOfRun; number++)
            {
                (_effects.Contains(number) || _buried.Contains(number)).ShouldBeTrue($"{number} is lost");
                (IsPoison(number) && !_buried.Contains(number)).ShouldBeFalse($"{number} is poison without a letter");
            }

            // However often a record was given up, it has one id.
            harness.WrittenLetters.ShouldAllBe(letter => letter.Attempts == RetryPolicy.MaxAttempts);
            harness.WrittenLetters.Select(letter => (letter.Partition, letter.Offset)).Distinct().Count()
                .ShouldBe(harness.WrittenLetters.Select(letter => letter.Id).Distinct().Count());
        }
    }
}
