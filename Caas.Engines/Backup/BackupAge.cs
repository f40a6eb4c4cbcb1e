using System.Globalization;
using Caas.Engines.Doctor;

namespace Caas.Engines.Backup;

/// <summary>How old the last backup is. Where backups are kept only their operator knows.</summary>
internal static class BackupAge
{
    private const string Subject = "last backup";

    private static readonly TimeSpan Old = TimeSpan.FromHours(26);
    private static readonly TimeSpan TooOld = TimeSpan.FromDays(8);

    /// <summary>Of the backup in a folder, or of the newest one in the folders below it.</summary>
    public static async Task<Finding> FindAsync(string? folder, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (folder is null)
        {
            return Finding.Ok(Subject, "not told: name its folder with --backup");
        }

        try
        {
            BackupManifest? newest = null;
            foreach (var one in Candidates(folder))
            {
                var manifest = await VerifyBackup.ReadManifestAsync(one, cancellationToken).ConfigureAwait(false);
                newest = newest is null || manifest.BeganAt > newest.BeganAt ? manifest : newest;
            }

            return newest is null ? None($"none in {folder}") : Of(newest, clock.GetUtcNow());
        }
        catch (Exception failure) when (failure is BackupException or IOException or UnauthorizedAccessException)
        {
            return None(failure.Message);
        }
    }

    private static Finding Of(BackupManifest manifest, DateTimeOffset now)
    {
        var age = now - manifest.BeganAt;
        return Finding.Of(
            age < Old,
            Subject,
            string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0.0} hours old, {manifest.Files.Count} files"),
            age < TooOld ? Severity.Warning : Severity.Error,
            "made within a day, and verified",
            "caas backup, once a day and by itself; then caas backup --verify where it is kept.");
    }

    private static Finding None(string found) => Finding.Error(Subject, found, "a whole backup", "caas backup: without one, what is on a disk that is lost is lost.");

    private static IEnumerable<string> Candidates(string folder)
    {
        var root = Path.GetFullPath(folder);
        return HasManifest(root) ? [root]
            : Directory.Exists(root) ? Directory.EnumerateDirectories(root).Where(HasManifest)
            : [];
    }

    private static bool HasManifest(string folder) => File.Exists(Path.Combine(folder, BackupManifest.FileName));
}
