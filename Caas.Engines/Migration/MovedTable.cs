namespace Caas.Engines.Migration;

/// <summary>
/// A table of the embedded engine whose rows are moved. Rows are read, written and compared in ranges of its key, which
/// every engine orders alike: numbers, bytes, and texts by their UTF-8.
/// </summary>
internal sealed class MovedTable
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly string[] _selects = new string[8];

    /// <summary>A table by its name, the columns of its key and the others.</summary>
    /// <param name="name">The table.</param>
    /// <param name="key">The columns that order its rows and tell them apart.</param>
    /// <param name="others">All others.</param>
    /// <param name="derived">Names and expressions of what is read with a row and is no column of it.</param>
    /// <param name="ends">The column of the time after which a row is nothing; null where rows stay.</param>
    public MovedTable(
        string name, string[] key, string[] others, (string Name, string Sql)[]? derived = null, string? ends = null)
    {
        Name = name;
        Key = key;
        Columns = [.. key, .. others];
        Ends = ends;
        derived ??= [];
        foreach (var column in Columns.Concat(derived.Select(static one => one.Name)))
        {
            _places.Add(column, _places.Count);
        }

        var read = string.Join(", ", Columns.Concat(derived.Select(static one => $"({one.Sql}) AS {one.Name}")));
        for (var shape = 0; shape < _selects.Length; shape++)
        {
            _selects[shape] = BuildSelect(read, (shape & 1) != 0, (shape & 2) != 0, (shape & 4) != 0);
        }

        Insert = $"INSERT OR REPLACE INTO {Name} ({string.Join(", ", Columns)}) VALUES ({Marks(Columns.Count)})";
        Delete = $"DELETE FROM {Name} WHERE ({string.Join(", ", Key)}) = ({Marks(Key.Count)})";
    }

    public string Name { get; }

    public IReadOnlyList<string> Key { get; }

    /// <summary>Those of the key first.</summary>
    public IReadOnlyList<string> Columns { get; }

    public string? Ends { get; }

    /// <summary>How many values a row has: its columns, and what is derived.</summary>
    public int Width => _places.Count;

    /// <summary>The statement that writes a row, whatever is there with its key.</summary>
    public string Insert { get; }

    /// <summary>The statement that removes the row of a key.</summary>
    public string Delete { get; }

    /// <summary>Whether its key begins with a conversation, or with the log that is named like one.</summary>
    public bool IsOfConversations => Key[0] is "conversation_id" or "log_id" || Name == "conversations";

    public int PlaceOf(string column) => _places[column];

    /// <summary>The statement that reads a range: its parameters are those of the range, the present time where rows end, and a limit.</summary>
    public string Select(MovedRange range) =>
        _selects[(range.Prefix is null ? 0 : 1) | (range.After is null ? 0 : 2) | (range.Until is null ? 0 : 4)];

    private static string Marks(int count) => string.Join(", ", Enumerable.Repeat("?", count));

    // Behind a prefix only the rest of the key is compared, so that SQLite finds the place in the index at once.
    private string BuildSelect(string read, bool prefix, bool after, bool until)
    {
        var rest = prefix ? Key.Skip(1).ToArray() : [.. Key];
        var sql = $"SELECT {read} FROM {Name} WHERE 1";
        if (prefix)
        {
            sql += $" AND {Key[0]} = ?";
        }

        if (after && rest.Length > 0)
        {
            sql += $" AND ({string.Join(", ", rest)}) > ({Marks(rest.Length)})";
        }

        if (until && rest.Length > 0)
        {
            sql += $" AND ({string.Join(", ", rest)}) <= ({Marks(rest.Length)})";
        }

        if (Ends is not null)
        {
            sql += $" AND {Ends} > ?";
        }

        return sql + $" ORDER BY {string.Join(", ", Key)} LIMIT ?";
    }
}
