namespace Caas.Tests.Docs;

/// <summary>Reads the rows of Markdown tables, without anything that is not a table.</summary>
internal static class MarkdownTable
{
    /// <summary>The cells of every row, headings and rules included, of every table of a text.</summary>
    public static IReadOnlyList<string[]> Rows(string markdown) =>
    [
        .. markdown.Split('\n')
            .Where(line => line.StartsWith('|') && line.TrimEnd().EndsWith('|'))
            .Select(line => line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()).ToArray()),
    ];

    /// <summary>The rows whose first cell is code: <c>| `key` | ...</c>; that cell without its marks.</summary>
    public static IReadOnlyList<string[]> CodeRows(string markdown) =>
    [
        .. Rows(markdown)
            .Where(row => row[0] is ['`', .., '`'])
            .Select(row => (string[])[row[0].Trim('`'), .. row[1..]]),
    ];
}
