using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Support;
using CsCheck;

namespace Caas.Tests.Engines.Sqlite;

/// <summary>Connections that write through the gathered log, beside readers of the ordinary file system.</summary>
public sealed class WalVfsTests
{
    // A row of up to 200 KB under a small key, in a transaction that is committed or rolled back.
    private static readonly Gen<(int Key, int Bytes, bool Commits)[]> Transactions =
        Gen.Select(Gen.Int[1, 40], Gen.Frequency((9, Gen.Int[0, 5_000]), (1, Gen.Int[0, 200_000])), Gen.Frequency((4, Gen.Const(true)), (1, Gen.Const(false))))
            .Array[1, 60];

    [Fact]
    public void What_is_committed_is_read_at_once_by_another_connection_and_nothing_else() => Transactions.Sample(
        transactions =>
        {
            using var folder = new TemporaryFolder();
            var path = Path.Combine(folder.Path, "any.db");
            var model = new Dictionary<int, long>();
            using (var writer = Connection.OpenWriter(path))
            {
                // So small a cache that large transactions reach the log before they are committed.
                writer.Execute("PRAGMA cache_size = 4; CREATE TABLE rows (key INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;");
                using var reader = Connection.OpenReader(path);
                foreach (var (key, bytes, commits) in transactions)
                {
                    writer.Execute("BEGIN IMMEDIATE");
                    writer.Prepare("INSERT OR REPLACE INTO rows VALUES (?, ?)").Bind(key).Bind(new byte[bytes]).Run();
                    writer.Execute(commits ? "COMMIT" : "ROLLBACK");
                    if (commits)
                    {
                        model[key] = bytes;
                    }

                    Read(reader).ShouldBe(model, ignoreOrder: true);
                }
            }

            // The log is gone with its last connection, so that all of it is in the file.
            File.Exists(path + "-wal").ShouldBeFalse();
            using var later = Connection.OpenReader(path);
            Read(later).ShouldBe(model, ignoreOrder: true);
            Check(later).ShouldBe("ok");
        },
        iter: 40,
        threads: 1);

    [Fact]
    public void A_checkpoint_in_between_loses_nothing()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "any.db");
        using var writer = Connection.OpenWriter(path);
        writer.Execute("CREATE TABLE rows (key INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;");

        for (var key = 1; key <= 50; key++)
        {
            writer.Prepare("INSERT INTO rows VALUES (?, ?)").Bind(key).Bind(new byte[3000]).Run();
            if (key % 7 == 0)
            {
                writer.Checkpoint();
            }
        }

        using var reader = Connection.OpenReader(path);
        Read(reader).Count.ShouldBe(50);
        Check(reader).ShouldBe("ok");
    }

    private static Dictionary<int, long> Read(Connection connection)
    {
        var rows = new Dictionary<int, long>();
        var row = connection.Prepare("SELECT key, length(body) FROM rows");
        while (row.Step())
        {
            rows.Add(row.Int32(0), row.Int64(1));
        }

        return rows;
    }

    private static string Check(Connection connection)
    {
        var row = connection.Prepare("PRAGMA integrity_check");
        row.Step();
        var answer = row.Text(0);
        row.Reset();
        return answer;
    }
}
