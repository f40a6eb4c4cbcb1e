using Caas.Engines.Backup;
using Caas.Engines.Doctor;
using Caas.Engines.Sqlite.Doctor;
using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Support;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Doctor;

/// <summary>What is found out of a data folder and of the files in it, without a server.</summary>
public sealed class DataFolderExaminationTests : IDisposable
{
    private const long GiB = 1024L * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_new_folder_takes_a_durable_write_and_keeps_nothing_of_it()
    {
        var found = await ExamineAsync(TimeProvider.System);

        found.Of(Severity.Error).ShouldBeEmpty();
        found["durable write"].Found.ShouldStartWith("wal, FULL, ");
        found["folder, mode"].Found.ShouldBe("700");
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_that_others_may_read_is_a_warning()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);

        (await ExamineAsync(TimeProvider.System))["folder, mode"].ShouldBe(Finding.Warning(
            "folder, mode", "755", "700", $"chmod 700 {_folder.Path}: the signing keys and everything that was said are in it."));
    }

    [Fact]
    public async Task A_restore_that_did_not_end_and_a_clock_that_stands_back_are_errors()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "restoring"), "", SocketIOHost.Ct);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "caas_platform.db"), "", SocketIOHost.Ct);

        var found = await ExamineAsync(new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(-2)));

        found.Of(Severity.Error).ShouldBe(["folder", "clock"]);
        found.ShouldNameTheirCures();
    }

    [Theory]
    [InlineData("ext4", Severity.Ok)]
    [InlineData("xfs", Severity.Ok)]
    [InlineData("tmpfs", Severity.Warning)]
    [InlineData("overlay", Severity.Warning)]
    [InlineData("nfs4", Severity.Warning)]
    [InlineData("fuse.sshfs", Severity.Warning)]
    public void A_file_system_that_forgets_or_is_far_away_is_a_warning(string kind, Severity severity) =>
        DataDisk.OfKind(kind).Severity.ShouldBe(severity);

    [Theory]
    [InlineData(5 * GiB, 2 * GiB, Severity.Ok)]
    [InlineData(5 * GiB, 6 * GiB, Severity.Warning)]
    [InlineData(GiB / 2, 0, Severity.Warning)]
    [InlineData(GiB / 8, 0, Severity.Error)]
    public void A_disk_that_fills_is_told_in_time(long free, long data, Severity severity) =>
        DataDisk.OfSpace(free, data).Severity.ShouldBe(severity);

    [Theory]
    [InlineData(5, Severity.Ok)]
    [InlineData(48, Severity.Warning)]
    [InlineData(300, Severity.Error)]
    public async Task The_age_of_the_newest_backup_is_told(int hours, Severity severity)
    {
        var now = TimeProvider.System.GetUtcNow();
        await WriteManifestAsync("older", now.AddHours(-500));
        await WriteManifestAsync("newer", now.AddHours(-hours));

        (await BackupAge.FindAsync(_folder.Path, TimeProvider.System, SocketIOHost.Ct)).Severity.ShouldBe(severity);
    }

    [Fact]
    public async Task No_backup_where_one_should_be_is_an_error() =>
        (await BackupAge.FindAsync(_folder.Path, TimeProvider.System, SocketIOHost.Ct)).Severity.ShouldBe(Severity.Error);

    [Fact]
    public void A_file_of_a_newer_version_a_damaged_one_and_one_without_a_write_ahead_log_are_errors()
    {
        var path = Path.Combine(_folder.Path, "caas_platform.db");
        using (var connection = Connection.OpenWriter(path))
        {
            Migrations.Platform.Apply(connection, path, TimeProvider.System.GetUtcNow());
        }

        Look(path).ShouldHaveSingleItem().Severity.ShouldBe(Severity.Ok);

        using (var connection = Connection.OpenWriter(path))
        {
            connection.Execute("INSERT INTO migrations (number, name, checksum, applied_at) VALUES (9999, '9999_later.sql', x'00', 0)");
        }

        Look(path).ShouldHaveSingleItem().Found.ShouldContain("9999_later.sql is unknown");

        using (var connection = Connection.OpenCopy(path))
        {
            connection.Execute("DELETE FROM migrations WHERE number = 9999");
        }

        Look(path).ShouldHaveSingleItem().Wanted.ShouldBe("WAL");

        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(4096, 4096).Fill(0xee);
        File.WriteAllBytes(path, bytes);
        Look(path).ShouldContain(static one => one.Severity == Severity.Error && one.Cure!.Contains("restore the last backup", StringComparison.Ordinal));
    }

    private static IReadOnlyList<Finding> Look(string path) =>
        new DatabaseFileExamination(Migrations.Platform.Read).Find(path, Findings.Usual, SocketIOHost.Ct);

    private Task<Findings> ExamineAsync(TimeProvider clock) =>
        Findings.OfAsync(new DataFolderExamination(Options.Create(new DataOptions { Path = _folder.Path }), clock));

    private async Task WriteManifestAsync(string name, DateTimeOffset beganAt)
    {
        var backup = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(backup, "caas_platform.db"), "", SocketIOHost.Ct);
        await File.WriteAllTextAsync(
            Path.Combine(backup, "manifest.json"),
            $$"""{ "format": 1, "product": "1", "beganAt": "{{beganAt:O}}", "files": [{ "path": "caas_platform.db", "bytes": 0, "sha256": "" }] }""",
            SocketIOHost.Ct);
    }
}
