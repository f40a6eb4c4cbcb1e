using Caas.Engines.LocalLog;
using Caas.Engines.Migration;
using Microsoft.Data.Sqlite;

namespace Caas.Tests.Moving;

/// <summary>A table or a column that somebody adds is moved, or is left behind for a reason; it is not forgotten.</summary>
public sealed class MovedTablesTests
{
    private static readonly Dictionary<string, (string Scripts, IReadOnlyList<MovedTable> Moved)> Files = new(StringComparer.Ordinal)
    {
        ["platform"] = ("Sqlite.Migrations.Platform.", MovedTables.Platform),
        ["client"] = ("Sqlite.Migrations.Client.", MovedTables.Client),
        ["events"] = ("LocalLog.Migrations.", []),
        ["schemas"] = ("LocalRegistry.Migrations.", []),
    };

    public static TheoryData<string> Kinds => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_table_is_moved_or_left_behind_for_a_reason(string kind)
    {
        using var file = Make(kind);

        Forgotten(kind, [.. Tables(file), "migrations"]).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_table_that_is_moved_is_moved_with_all_its_columns(string kind)
    {
        using var file = Make(kind);

        foreach (var table in Files[kind].Moved)
        {
            Columns(file, table.Name).ShouldBe(table.Columns, StringComparer.Ordinal, ignoreOrder: true, table.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pages_of_a_table_are_found_by_an_index(string kind)
    {
        using var file = Make(kind);
        foreach (var table in Files[kind].Moved)
        {
            object[] key = [.. table.Key.Select(static _ => (object)1L)];
            foreach (var range in (MovedRange[])[new(table, null, key, null), new(table, 1L, key, null), new(table, 1L, null, null)])
            {
                Plan(file, table.Select(range)).ShouldNotContain(step => step.Contains("TEMP B-TREE", StringComparison.Ordinal) || step.StartsWith("SCAN", StringComparison.Ordinal), table.Name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_said_of_tables_is_of_tables_that_there_are(string kind)
    {
        using var file = Make(kind);
        var tables = Tables(file).Append("migrations").ToList();

        Files[kind].Moved.ShouldAllBe(table => tables.Contains(table.Name));
        MovedTables.Left.Keys.Where(name => name.StartsWith(kind + "/", StringComparison.Ordinal))
            .ShouldAllBe(name => tables.Contains(name.Substring(kind.Length + 1)));
    }

    [Fact]
    public void A_table_that_nobody_thought_of_is_found() =>
        Forgotten("client", ["users", "relay", "attachments"]).ShouldBe(["attachments"]);

    private static IEnumerable<string> Forgotten(string kind, IEnumerable<string> tables) => tables
        .Where(table => Files[kind].Moved.All(moved => moved.Name != table) && !MovedTables.Left.ContainsKey($"{kind}/{table}"));

    private static SqliteConnection Make(string kind)
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        var assembly = typeof(LocalLogOptions).Assembly;
        var scripts = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("Caas.Engines." + Files[kind].Scripts, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        scripts.ShouldNotBeEmpty();
        foreach (var script in scripts)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(script)!);
            using var command = connection.CreateCommand();
            command.CommandText = reader.ReadToEnd();
            command.ExecuteNonQuery();
        }

        return connection;
    }

    private static List<string> Tables(SqliteConnection file) =>
        Texts(file, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", 0);

    private static List<string> Columns(SqliteConnection file, string table) =>
        Texts(file, $"SELECT name FROM pragma_table_xinfo('{table}')", 0);

    private static List<string> Plan(SqliteConnection file, string sql)
    {
        var marks = sql.Count(static character => character == '?');
        return Texts(file, "EXPLAIN QUERY PLAN " + sql, 3, marks);
    }

    private static List<string> Texts(SqliteConnection file, string sql, int column, int parameters = 0)
    {
        using var command = file.CreateCommand();
        var next = 0;
        command.CommandText = string.Concat(sql.Select(character => character == '?' ? $"${next++}" : character.ToString()));
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.AddWithValue($"${i}", 1L);
        }

        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read())
        {
            texts.Add(rows.GetString(column));
        }

        return texts;
    }
}
