using System.Text.RegularExpressions;
using Caas.Tests.Support;

namespace Caas.Tests.Docs;

public sealed partial class LinkTests
{
    [Fact]
    public void Every_relative_link_points_at_a_file() =>
        Repository.MarkdownFiles().SelectMany(file => Broken(file, Repository.Read(file))).ShouldBeEmpty();

    [Fact]
    public void The_pages_are_found()
    {
        string[] some = ["CONTRIBUTING.md", "docs/architecture.md", "docs/decisions/README.md"];

        some.ShouldBeSubsetOf(Repository.MarkdownFiles(), StringComparer.Ordinal);
    }

    [Fact]
    public void A_broken_link_and_a_broken_anchor_are_found()
    {
        var page =
            """
            # A title, with `code`

            [there](architecture.md), [not there](architectures.md), [outside](https://example.org/x.md),
            [here](#a-title-with-code), [nowhere](#another-title), [up](../LICENSE), `[in code](gone.md)`

            ```
            [in a block](gone.md)
            ```
            """;

        Broken("docs/sample.md", page).ShouldBe(
            ["docs/sample.md: architectures.md", "docs/sample.md: #another-title"]);
    }

    private static IEnumerable<string> Broken(string file, string markdown)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, file))!;
        var prose = Code().Replace(markdown, string.Empty);
        foreach (Match link in Link().Matches(prose))
        {
            var target = link.Groups["target"].Value;
            if (Uri.TryCreate(target, UriKind.Absolute, out _))
            {
                continue;
            }

            var parts = target.Split('#', 2);
            var path = Path.Combine(folder, Uri.UnescapeDataString(parts[0]));
            var exists = parts[0].Length == 0
                ? Anchors(markdown).Contains(parts[1])
                : File.Exists(path) || Directory.Exists(path);
            if (!exists)
            {
                yield return $"{file}: {target}";
            }
        }
    }

    // As the common renderers make them: lower case, punctuation dropped, spaces to dashes.
    private static HashSet<string> Anchors(string markdown) =>
        Heading().Matches(markdown)
            .Select(heading => string.Concat(heading.Groups["text"].Value.Trim().ToLowerInvariant()
                .Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')
                .Select(letter => letter == ' ' ? '-' : letter)))
            .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"```.*?```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"^#{1,6} (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();
}
