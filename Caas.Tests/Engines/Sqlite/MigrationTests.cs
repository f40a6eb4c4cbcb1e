using Caas.Engines.Sqlite.Storage;

namespace Caas.Tests.Engines.Sqlite;

public sealed class MigrationTests : IDisposable
{
    private static readonly Migration First = new("0001_first.sql", "CREATE TABLE a (x INTEGER);");
    private static readonly Migration Second = new("0002_second.sql", "CREATE TABLE b (x INTEGER);");

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("caas-migrations-").FullName, "x.db");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void Each_is_applied_once_in_order()
    {
        Apply(First);
        Apply(Second, First);
        Apply(First, Second);

        using var connection = Connection.OpenWriter(_path);
        var rows = connection.Prepare("SELECT name FROM migrations ORDER BY number");
        rows.Step().ShouldBeTrue();
        rows.Text(0).ShouldBe("0001_first.sql");
        rows.Step().ShouldBeTrue();
        rows.Text(0).ShouldBe("0002_second.sql");
        rows.Step().ShouldBeFalse();
    }

    [Fact]
    public void One_that_was_edited_after_it_was_applied_is_refused_by_name()
    {
        Apply(First);

        var refused = Should.Throw<MigrationException>(() => Apply(new Migration(First.Name, "CREATE TABLE a (y INTEGER);")));

        refused.Message.ShouldBe($"{_path}: migration 0001_first.sql is not the one that was applied: its checksum differs.");
    }

    [Fact]
    public void A_file_of_a_newer_version_is_refused_by_name()
    {
        Apply(First, Second);

        var refused = Should.Throw<MigrationException>(() => Apply(First));

        refused.Message.ShouldBe($"{_path}: migration 0002_second.sql is unknown: the file was written by a newer version.");
    }

    [Fact]
    public void One_that_fails_leaves_nothing_of_itself()
    {
        var broken = new Migration(Second.Name, "CREATE TABLE b (x INTEGER); CREATE TABLE a (x INTEGER);");
        Apply(First);

        Should.Throw<SqliteFailure>(() => Apply(First, broken));

        Apply(First, Second);
    }

    [Fact]
    public void The_library_is_new_enough_for_the_write_ahead_log() =>
        Connection.LibraryVersion().ShouldBeGreaterThanOrEqualTo(new Version(3, 51, 3));

    private void Apply(params Migration[] migrations)
    {
        using var connection = Connection.OpenWriter(_path);
        new Migrations(migrations).Apply(connection, _path, DateTimeOffset.UnixEpoch);
    }
}
