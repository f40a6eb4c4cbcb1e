using Caas.Engines.Migration;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Migration;

/// <summary>Reads and writes rows of any table that is moved.</summary>
internal static class SqliteRows
{
    /// <summary>The first rows of a range.</summary>
    /// <param name="connection">The file.</param>
    /// <param name="range">The range.</param>
    /// <param name="now">What has ended by then is not there.</param>
    /// <param name="mostRows">The most rows.</param>
    /// <param name="mostBytes">After so many bytes no further row is read.</param>
    public static MovedPage Read(Connection connection, MovedRange range, DateTimeOffset now, int mostRows, int mostBytes)
    {
        var rows = new List<MovedRow>();
        var bytes = 0;
        var statement = Bind(connection.Prepare(range.Table.Select(range)), range, now).Bind(mostRows);
        while (statement.Step())
        {
            var row = ReadRow(statement, range.Table);
            rows.Add(row);
            bytes += row.Values.Sum(SizeOf);
            if (bytes > mostBytes)
            {
                statement.Reset();
                return new MovedPage(rows, IsLast: false);
            }
        }

        return new MovedPage(rows, IsLast: rows.Count < mostRows);
    }

    public static void Write(Connection connection, MovedRow row)
    {
        var statement = connection.Prepare(row.Table.Insert);
        for (var i = 0; i < row.Table.Columns.Count; i++)
        {
            statement.BindValue(row.Values[i]);
        }

        statement.Run();
    }

    public static void Delete(Connection connection, MovedRow row)
    {
        var statement = connection.Prepare(row.Table.Delete);
        foreach (var value in row.Key)
        {
            statement.BindValue(value);
        }

        statement.Run();
    }

    private static MovedRow ReadRow(Statement statement, MovedTable table)
    {
        var values = new object?[table.Width];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = statement.Value(i);
        }

        return new MovedRow(table, values);
    }

    private static Statement Bind(Statement statement, MovedRange range, DateTimeOffset now)
    {
        if (range.Prefix is { } prefix)
        {
            statement.BindValue(prefix);
        }

        foreach (var bound in new[] { range.After, range.Until }.OfType<IReadOnlyList<object>>())
        {
            foreach (var value in range.Bound(bound))
            {
                statement.BindValue(value);
            }
        }

        return range.Table.Ends is null ? statement : statement.Bind(now);
    }

    private static int SizeOf(object? value) => value switch
    {
        string text => text.Length,
        byte[] bytes => bytes.Length,
        _ => 8,
    };
}
