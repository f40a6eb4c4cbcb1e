using System.Reflection;
using Caas.Engines.Sqlite.Migration;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Tests.Engines.Sqlite;

/// <summary>Every statement of the engine finds its rows by an index; those that may read a whole table are named here.</summary>
public sealed class QueryPlanTests : IDisposable
{
    // Of one row, or of a few, or read from its end.
    private static readonly string[] MayBeScanned = ["relay", "migrations", "signing_keys", "secrets", "sqlite_schema"];

    private readonly string _folder = Directory.CreateTempSubdirectory("caas-plans-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void No_statement_reads_a_whole_table_or_sorts_more_than_it_must()
    {
        using var client = Open("client.db", Migrations.Client);
        using var platform = Open("platform.db", Migrations.Platform);
        using var arrival = Connection.OpenWriter(Path.Combine(_folder, "arrival.db"));
        arrival.Execute(ArrivalFile.CreateTable);
        var explained = 0;
        var offences = new List<string>();
        foreach (var (name, sql) in Statements())
        {
            var plan = Explain(client, sql) ?? Explain(platform, sql) ?? Explain(arrival, sql);
            plan.ShouldNotBeNull($"{name} fits no database: {sql}");
            explained++;
            offences.AddRange(plan.Where(step => Offends(step, name, sql)).Select(step => $"{name}: {step} in {sql}"));
        }

        offences.ShouldBeEmpty();
        explained.ShouldBeGreaterThan(60);
    }

    [Theory]
    [InlineData("SELECT id FROM messages WHERE text = ?")]
    [InlineData("SELECT id FROM messages WHERE conversation_id = ? ORDER BY text")]
    [InlineData("UPDATE members SET role = ? WHERE role = ?")]
    public void A_statement_without_an_index_is_noticed(string sql)
    {
        using var client = Open("client.db", Migrations.Client);

        Explain(client, sql).ShouldNotBeNull().ShouldContain(step => Offends(step, "Control", sql));
    }

    private static bool Offends(string step, string name, string sql) =>
        (step.StartsWith("SCAN ", StringComparison.Ordinal)
            && !step.Contains("CONSTANT ROW", StringComparison.Ordinal)
            && !MayBeScanned.Any(table => step.StartsWith($"SCAN {table}", StringComparison.Ordinal))
            && !step.StartsWith("SCAN (subquery", StringComparison.Ordinal)
            && !IsByEnd(name))
        || (step.Contains("TEMP B-TREE", StringComparison.Ordinal) && !MaySort(name, sql));

    // Read in the order of an index, and no further than a limit; or meant to be read to the end, once in a migration.
    private static bool IsByEnd(string name) =>
        name is "ClientRows.SelectDeleted" or "PlatformSql.SelectPending" or "SourceFolder.SelectClients";

    private static bool MaySort(string name, string sql) =>
        name is "SqliteConversationReader.SelectPage" or "SourceFile.SelectTouched" || sql.Contains("signing_keys", StringComparison.Ordinal);

    private static IEnumerable<(string Name, string Sql)> Statements() =>
        from type in typeof(Migrations).Assembly.GetTypes()
        where type.Namespace?.StartsWith("Caas.Engines.Sqlite", StringComparison.Ordinal) == true
        from field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
        from sql in field switch
        {
            { IsLiteral: true } when field.FieldType == typeof(string) => [(string)field.GetRawConstantValue()!],
            { FieldType.IsArray: true } when field.GetValue(null) is string[] texts => texts,
            _ => (string[])[],
        }
        where IsStatement(sql)
        select ($"{type.Name}.{field.Name}", sql);

    private static bool IsStatement(string text) =>
        (text.StartsWith("SELECT ", StringComparison.Ordinal) && text.Contains("FROM ", StringComparison.Ordinal))
        || text.StartsWith("UPDATE ", StringComparison.Ordinal)
        || text.StartsWith("DELETE ", StringComparison.Ordinal)
        || (text.StartsWith("INSERT ", StringComparison.Ordinal) && text.Contains("VALUES", StringComparison.Ordinal));

    private static List<string>? Explain(Connection connection, string sql)
    {
        try
        {
            var steps = new List<string>();
            var row = connection.Prepare("EXPLAIN QUERY PLAN " + sql);
            while (row.Step())
            {
                steps.Add(row.Text(3));
            }

            return steps;
        }
        catch (SqliteFailure failure) when (failure.Message.Contains("no such", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private Connection Open(string name, Migrations migrations)
    {
        var path = Path.Combine(_folder, name);
        var connection = Connection.OpenWriter(path);
        migrations.Apply(connection, path, DateTimeOffset.UnixEpoch);
        return connection;
    }
}
