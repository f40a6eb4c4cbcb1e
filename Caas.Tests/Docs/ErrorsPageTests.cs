using System.Globalization;
using Caas.Domain.Errors;
using Caas.Tests.Support;

namespace Caas.Tests.Docs;

public sealed class ErrorsPageTests
{
    [Fact]
    public void The_page_lists_the_catalogue() => Differences(Repository.Read("docs/errors.md")).ShouldBeEmpty();

    [Fact]
    public void Every_row_says_when_and_what_to_do() =>
        MarkdownTable.CodeRows(Repository.Read("docs/errors.md"))
            .Where(row => row.Length != 6 || row.Any(string.IsNullOrEmpty))
            .Select(row => row[0])
            .ShouldBeEmpty();

    [Fact]
    public void A_missing_a_strange_and_a_wrong_row_are_found()
    {
        var page = Repository.Read("docs/errors.md")
            .Replace("| `conflict` | 409 |", "| `conflicting` | 409 |", StringComparison.Ordinal)
            .Replace("| `rate_limited` | 429 |", "| `rate_limited` | 428 |", StringComparison.Ordinal)
            .Replace("| The store cannot be used now. | yes |", "| The store cannot be used now. | no |", StringComparison.Ordinal);

        Differences(page).ShouldBe(
            [
                "conflict: 409, The resource contradicts one that exists., no",
                "conflicting: 409, The resource contradicts one that exists., no",
                "rate_limited: 428, Too many requests., yes",
                "rate_limited: 429, Too many requests., yes",
                "storage_unavailable: 503, The store cannot be used now., no",
                "storage_unavailable: 503, The store cannot be used now., yes",
            ],
            ignoreOrder: true);
    }

    // What stands on one side only.
    private static IEnumerable<string> Differences(string page)
    {
        var listed = MarkdownTable.CodeRows(page).Select(row => $"{row[0]}: {row[1]}, {row[2]}, {row[3]}").ToList();
        var known = ErrorCatalogue.All.Select(Describe).ToList();
        return listed.Except(known, StringComparer.Ordinal).Concat(known.Except(listed, StringComparer.Ordinal));
    }

    private static string Describe(ErrorCode code) => string.Create(
        CultureInfo.InvariantCulture, $"{code.Code}: {code.Status}, {code.Title}, {(code.Retryable ? "yes" : "no")}");
}
