using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Tokens;

/// <summary>The rows of <c>revocations</c>, numbered 1, 2, 3 ... without gaps.</summary>
internal static class RevocationRows
{
    private const string InsertRow = """
        INSERT INTO revocations (number, client_id, kind, subject, at)
        VALUES ((SELECT coalesce(max(number), 0) + 1 FROM revocations), ?, ?, ?, ?) RETURNING number
        """;

    private const string Select =
        "SELECT number, client_id, kind, subject, at FROM revocations WHERE number > ? ORDER BY number LIMIT ?";

    private const string SelectLast = "SELECT coalesce(max(number), 0) FROM revocations";

    public static long Append(Connection connection, Revocation revocation) =>
        Number(connection.Prepare(InsertRow)
            .Bind(revocation.ClientId.Value)
            .Bind((long)revocation.Kind)
            .Bind(revocation.Subject)
            .Bind(revocation.At));

    public static long ReadLast(Connection connection) => Number(connection.Prepare(SelectLast));

    public static List<NumberedRevocation> List(Connection connection, long after, int limit)
    {
        var entries = new List<NumberedRevocation>();
        var row = connection.Prepare(Select).Bind(after).Bind(limit);
        while (row.Step())
        {
            var revocation = new Revocation(
                new ClientId(row.Id(1)), (RevocationKind)row.Int32(2), row.Text(3), row.Time(4));
            entries.Add(new NumberedRevocation(row.Int64(0), revocation));
        }

        return entries;
    }

    private static long Number(Statement row)
    {
        row.Step();
        var number = row.Int64(0);
        row.Reset();
        return number;
    }
}
