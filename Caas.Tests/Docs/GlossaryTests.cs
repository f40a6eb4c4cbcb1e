using Caas.Tests.Support;

namespace Caas.Tests.Docs;

public sealed class GlossaryTests
{
    [Fact]
    public void The_terms_are_sorted_and_each_stands_once() =>
        Misplaced(Terms(Repository.Read("docs/glossary.md"))).ShouldBeEmpty();

    [Fact]
    public void The_terms_are_found() => Terms(Repository.Read("docs/glossary.md")).Count.ShouldBeGreaterThan(50);

    [Fact]
    public void A_term_out_of_order_and_one_that_stands_twice_are_found() =>
        Misplaced(["API key", "application", "bus", "bus", "actor"]).ShouldBe(["bus", "actor"]);

    private static List<string> Terms(string page) =>
        [.. MarkdownTable.Rows(page).Skip(2).Select(row => row[0])];

    private static IEnumerable<string> Misplaced(IReadOnlyList<string> terms) =>
        terms.Zip(terms.Skip(1))
            .Where(pair => StringComparer.OrdinalIgnoreCase.Compare(pair.First, pair.Second) >= 0)
            .Select(pair => pair.Second);
}
