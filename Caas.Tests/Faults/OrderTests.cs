using Caas.Tests.EndToEnd;

namespace Caas.Tests.Faults;

/// <summary>P4: one order for all, without gaps, under many writers over HTTP and sockets.</summary>
public sealed class OrderTests(OrderRun run, ITestOutputHelper output) : OrderSuite(run, output), IClassFixture<OrderRun>;

/// <summary>What holds of every run, wherever the product runs.</summary>
public abstract class OrderSuite(OrderRun run, ITestOutputHelper output)
{
    [Fact]
    public void Every_reader_sees_the_one_order_of_every_conversation()
    {
        output.WriteLine(run.Summary);

        run.Observed.Values.SelectMany(OrderChecker.Check).ShouldBeEmpty();
        run.Observed.Values.SelectMany(observed => observed.Readers.Values.Where(seen => seen.Count != observed.Final.Count)).ShouldBeEmpty();
    }

    [Fact]
    public void What_comes_live_comes_in_the_order_of_versions_each_once()
    {
        foreach (var versions in run.LiveVersions)
        {
            versions.ShouldBe(Enumerable.Range(0, versions.Count()).Select(step => versions.First() + step));
        }

        run.LiveVersions.Count.ShouldBe(run.Observed.Count);
    }

    [Theory]
    [InlineData("C1", "a number that was acknowledged twice")]
    [InlineData("C2", "two messages that changed places")]
    [InlineData("C3", "a message that is gone")]
    [InlineData("C4", "a later send with a lower number")]
    [InlineData("C5", "a reader that missed one")]
    [InlineData("C6", "a message that is there twice")]
    public void The_same_check_finds_what_is_planted_into_the_same_run(string rule, string fault)
    {
        var observed = run.Observed.Values.First();

        OrderChecker.Check(Plant(observed, fault)).ShouldContain(found => found.StartsWith(rule, StringComparison.Ordinal));
    }

    private static ConversationHistory Plant(ConversationHistory observed, string fault)
    {
        var sends = observed.Sends.OrderBy(send => send.Sequence).ToList();
        var (first, last) = (sends[0], sends[^1]);
        var final = observed.Final;
        return fault switch
        {
            "a number that was acknowledged twice" => observed with { Sends = [.. sends[1..], first with { Sequence = last.Sequence }] },
            "two messages that changed places" => observed with { Final = [final[1], final[0], .. final.Skip(2)] },
            "a message that is gone" => observed with { Final = [.. final.SkipLast(1)] },
            "a later send with a lower number" => observed with
            {
                Sends = [.. sends[1..^1], first with { Sequence = last.Sequence }, last with { Sequence = first.Sequence }],
            },
            "a reader that missed one" => observed with
            {
                Readers = observed.Readers.ToDictionary(
                    reader => reader.Key, IReadOnlyList<Entry> (reader) => [.. reader.Value.Take(3), .. reader.Value.Skip(4)], StringComparer.Ordinal),
            },
            "a message that is there twice" => observed with { Final = [.. final, final[^1] with { Sequence = final[^1].Sequence + 1 }] },
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "is not planted."),
        };
    }
}
