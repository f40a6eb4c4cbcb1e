namespace Caas.Tests.EndToEnd;

/// <summary>A judge that finds nothing is only worth something where it finds what was planted.</summary>
public sealed class OrderCheckerTests
{
    private static readonly Entry[] Good = [new(1, "a-1", "one"), new(2, "b-1", "two"), new(3, "a-2", "three"), new(4, "b-2", "four")];

    // a-1 and b-1 overlap, a-2 follows both; the outcome of b-2 is unknown to its sender.
    private static readonly Send[] Sends =
    [
        new("a-1", "one", 10, 30, 1),
        new("b-1", "two", 20, 40, 2),
        new("a-2", "three", 50, 60, 3),
        new("b-2", "four", 55, 0, null),
        new("b-3", "five", 70, 0, null),
    ];

    public static TheoryData<string, string> Faults => new()
    {
        { "C1", "a number acknowledged twice" },
        { "C2", "a gap" },
        { "C2", "a repeated number" },
        { "C3", "an acknowledged message lost" },
        { "C3", "an acknowledged message with another number" },
        { "C3", "an acknowledged message with other content" },
        { "C4", "a later send with a lower number" },
        { "C5", "a reader with a hole" },
        { "C5", "a reader with other content" },
        { "C5", "a reader that is not caught up" },
        { "C5", "a reader that saw nothing" },
        { "C6", "an unknown send stored twice" },
        { "C6", "a message that nobody sent" },
    };

    [Fact]
    public void Nothing_is_found_where_nothing_is_wrong() => OrderChecker.Check(Observed()).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_planted_fault_is_found(string rule, string fault)
    {
        var observed = fault switch
        {
            "a number acknowledged twice" => Observed(sends: Replace(Sends, 1, Sends[1] with { Sequence = 1 })),
            "a gap" => Observed(final: [Good[0], Good[1], Good[3]]),
            "a repeated number" => Observed(final: [Good[0], Good[1], Good[1], Good[2], Good[3]]),
            "an acknowledged message lost" => Observed(final: [Good[0], Good[1]]),
            "an acknowledged message with another number" => Observed(final: [Good[1] with { Sequence = 1 }, Good[0] with { Sequence = 2 }, Good[2]]),
            "an acknowledged message with other content" => Observed(final: Replace(Good, 1, Good[1] with { Text = "2" })),
            "a later send with a lower number" => Observed(sends: Replace(Replace(Sends, 0, Sends[0] with { Sequence = 3 }), 2, Sends[2] with { Sequence = 1 })),
            "a reader with a hole" => Observed(reader: [Good[0], Good[2], Good[3]]),
            "a reader with other content" => Observed(reader: Replace(Good, 2, Good[2] with { Text = "3" })),
            "a reader that is not caught up" => Observed(reader: Good[..3]),
            "a reader that saw nothing" => Observed(reader: []),
            "an unknown send stored twice" => Observed(final: [.. Good, Good[3] with { Sequence = 5 }]),
            "a message that nobody sent" => Observed(final: [.. Good, new Entry(5, "c-1", "who")]),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "is not planted."),
        };

        OrderChecker.Check(observed).ShouldContain(found => found.StartsWith(rule, StringComparison.Ordinal));
    }

    [Fact]
    public void A_reader_that_joined_later_saw_a_later_interval() =>
        OrderChecker.Check(Observed(reader: Good[2..])).ShouldBeEmpty();

    private static ConversationHistory Observed(Send[]? sends = null, Entry[]? final = null, Entry[]? reader = null) => new(
        sends ?? Sends,
        final ?? Good,
        new Dictionary<string, IReadOnlyList<Entry>>(StringComparer.Ordinal) { ["device"] = reader ?? final ?? Good });

    private static T[] Replace<T>(T[] all, int index, T other) => [.. all[..index], other, .. all[(index + 1)..]];
}
