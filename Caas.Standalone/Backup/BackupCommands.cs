using System.CommandLine;
using System.Globalization;
using Caas.Engines.Backup;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Standalone.Backup;

/// <summary><c>caas backup</c> and <c>caas restore</c>: a data folder as a folder that can be carried away, and back.</summary>
internal static class BackupCommands
{
    private const int Failed = 2;

    /// <summary><c>caas backup &lt;folder&gt;</c>, and <c>--verify</c> of one that there is.</summary>
    public static Command Backup(string product)
    {
        var folder = new Argument<string>("folder") { Description = "The folder of the backup: new or empty; with --verify, one that there is." };
        var verify = new Option<bool>("--verify") { Description = "Make none: check that the one in the folder is whole." };
        var data = DataPath();
        var backup = new Command("backup", "Copy the data folder of a deployment, which may be running, into a folder.")
        {
            folder, verify, data,
        };
        backup.SetAction((parse, cancellationToken) => AnswerAsync(parse, async () =>
        {
            var target = parse.GetRequiredValue(folder);
            return parse.GetValue(verify)
                ? ("whole", target, await VerifyBackup.RunAsync(target, cancellationToken))
                : ("made", target, await new TakeBackup(product, TimeProvider.System)
                    .RunAsync(parse.GetValue(data) ?? ConfiguredPath(), target, cancellationToken));
        }));
        return backup;
    }

    /// <summary><c>caas restore &lt;backup&gt;</c>.</summary>
    public static Command Restore()
    {
        var folder = new Argument<string>("backup") { Description = "The folder of the backup." };
        var force = new Option<bool>("--force") { Description = "Put aside what is in the data folder, into replaced-<time> in it." };
        var data = DataPath();
        var restore = new Command("restore", "Put a backup into the data folder of a deployment that is not running.")
        {
            folder, force, data,
        };
        restore.SetAction((parse, cancellationToken) => AnswerAsync(parse, async () =>
        {
            var target = parse.GetValue(data) ?? ConfiguredPath();
            return ("restored", target, await new RestoreBackup(TimeProvider.System)
                .RunAsync(parse.GetRequiredValue(folder), target, parse.GetValue(force), cancellationToken));
        }));
        return restore;
    }

    private static Option<string?> DataPath() => new($"--{DataOptions.Section}:{nameof(DataOptions.Path)}")
    {
        Description = "The data folder; left out, what the configuration says.",
    };

    // The same sources as the server's: appsettings.json and the environment.
    private static string ConfiguredPath() =>
        WebApplication.CreateSlimBuilder().Configuration[$"{DataOptions.Section}:{nameof(DataOptions.Path)}"] ?? new DataOptions().Path;

    private static async Task<int> AnswerAsync(
        ParseResult parse, Func<Task<(string What, string Where, BackupManifest Manifest)>> work)
    {
        try
        {
            var (what, where, manifest) = await work();
            await parse.InvocationConfiguration.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {Path.GetFullPath(where)}, {manifest.Files.Count} files, {manifest.Bytes} bytes, begun {manifest.BeganAt:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}"));
            return 0;
        }
        catch (Exception failure) when (failure is BackupException or DataFolderException)
        {
            await parse.InvocationConfiguration.Error.WriteLineAsync(failure.Message.ReplaceLineEndings(" "));
            return Failed;
        }
    }
}
