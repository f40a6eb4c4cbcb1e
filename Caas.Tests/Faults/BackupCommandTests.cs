using System.Text.Json.Nodes;
using Caas.Domain.Ids;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>What an operator types, and what is refused; half of a restore never looks whole.</summary>
public sealed class BackupCommandTests : IClassFixture<BackupFixture>, IDisposable
{
    private readonly TemporaryFolder _folders = new();
    private readonly BackupFixture _made;

    public BackupCommandTests(BackupFixture made)
    {
        _made = made;
        FolderCopy.Make(made.Data, Data);
        FolderCopy.Make(made.Backup, Backup);
    }

    private string Data => Path.Combine(_folders.Path, "data");

    private string Backup => Path.Combine(_folders.Path, "backup");

    private string Restored => Path.Combine(_folders.Path, "restored");

    public void Dispose() => _folders.Dispose();

    [Fact]
    public async Task A_whole_backup_verifies_and_says_what_it_holds()
    {
        (await CaasCommand.RunAsync("backup", "--verify", Backup)).ShouldSucceed().Output.ShouldStartWith($"whole: {Backup}, 4 files, ");

        Manifest()["files"]!.AsArray().Select(file => (string)file!["path"]!).First().ShouldBe("caas_events.db");
        Directory.GetFiles(Backup, "*", SearchOption.AllDirectories).Length.ShouldBe(5);
    }

    [Fact]
    public async Task A_restore_into_a_new_folder_puts_nothing_aside()
    {
        (await RestoreAsync(Restored)).ShouldSucceed();

        Directory.GetDirectories(Restored).Select(Path.GetFileName).ShouldBe(["clients"]);
    }

    [Fact]
    public async Task A_changed_byte_a_missing_file_and_an_added_one_are_refused_and_nothing_is_restored()
    {
        var platform = Path.Combine(Backup, "caas_platform.db");
        var bytes = await File.ReadAllBytesAsync(platform, SocketIOHost.Ct);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(platform, bytes, SocketIOHost.Ct);
        await RefusedAsync("caas_platform.db is not what was backed up");

        File.Delete(platform);
        await RefusedAsync("caas_platform.db");

        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(platform, bytes, SocketIOHost.Ct);
        await File.WriteAllBytesAsync(platform + "-journal", [1, 2, 3], SocketIOHost.Ct);
        await RefusedAsync("caas_platform.db-journal, which its manifest does not name");
    }

    [Fact]
    public async Task A_damaged_file_is_refused_though_its_hash_is_right()
    {
        var platform = Path.Combine(Backup, "caas_platform.db");
        var bytes = await File.ReadAllBytesAsync(platform, SocketIOHost.Ct);
        bytes.AsSpan(4096, 200).Fill(0xee);
        await File.WriteAllBytesAsync(platform, bytes, SocketIOHost.Ct);
        var manifest = Manifest();
        manifest["files"]!.AsArray().Single(file => (string)file!["path"]! == "caas_platform.db")!["sha256"] =
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        await File.WriteAllTextAsync(Path.Combine(Backup, "manifest.json"), manifest.ToJsonString(), SocketIOHost.Ct);

        await RefusedAsync("caas_platform.db is damaged");
    }

    [Theory]
    [InlineData("../lock")]
    [InlineData("/etc/passwd")]
    [InlineData("clients/../../client.db")]
    public async Task A_manifest_that_leads_out_of_its_folder_is_refused(string path)
    {
        var manifest = Manifest();
        manifest["files"]!.AsArray()[0]!["path"] = path;
        await File.WriteAllTextAsync(Path.Combine(Backup, "manifest.json"), manifest.ToJsonString(), SocketIOHost.Ct);

        await RefusedAsync("does not list the files of a deployment");
    }

    [Fact]
    public async Task A_folder_without_a_manifest_is_no_backup()
    {
        File.Delete(Path.Combine(Backup, "manifest.json"));

        await RefusedAsync("is no backup: it has no manifest.json");
    }

    [Fact]
    public async Task A_folder_with_something_in_it_is_replaced_only_by_force_and_then_put_aside()
    {
        (await RestoreAsync(Data)).ShouldBeRefused("is not empty");

        (await CaasCommand.RunAsync("restore", Backup, "--force", "--Caas:Data:Path", Data)).ShouldSucceed();

        Directory.GetDirectories(Data, "replaced-*").ShouldHaveSingleItem();
        Directory.GetFiles(Data, "*.unfinished").ShouldBeEmpty();
        await using var server = await CaasProcess.StartAsync(Data);
        (await _made.Ann.At(server.Url).ReadHistoryAsync(_made.Conversation)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_folder_that_a_server_uses_is_not_restored_into()
    {
        await using var server = await CaasProcess.StartAsync(Data);

        (await CaasCommand.RunAsync("restore", Backup, "--force", "--Caas:Data:Path", Data)).ShouldBeRefused("is in use by another process");
    }

    [Fact]
    public async Task A_restore_that_did_not_end_stops_the_server_until_it_is_repeated()
    {
        (await RestoreAsync(Restored)).ShouldSucceed();

        // As a power cut leaves it that came while the files were moved.
        await File.WriteAllTextAsync(Path.Combine(Restored, "restoring"), "", SocketIOHost.Ct);
        File.Delete(Path.Combine(Restored, "caas_platform.db"));
        await using (var refused = CaasProcess.Launch(Restored))
        {
            (await refused.WaitForExitAsync()).ShouldBe(2);
            refused.Output.ShouldHaveSingleItem().ShouldEndWith("did not end: repeat it with --force.");
        }

        (await RestoreAsync(Restored)).ShouldBeRefused("is not empty");
        (await CaasCommand.RunAsync("restore", Backup, "--force", "--Caas:Data:Path", Restored)).ShouldSucceed();

        await using var server = await CaasProcess.StartAsync(Restored);
        (await _made.Ann.At(server.Url).ReadHistoryAsync(_made.Conversation)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_backup_goes_only_into_a_new_or_empty_folder_outside_of_the_data()
    {
        (await TakeAsync(Backup)).ShouldBeRefused("is not a new or empty folder");
        (await TakeAsync(Path.Combine(Data, "backup"))).ShouldBeRefused("must not lie in the data folder");
        (await CaasCommand.RunAsync("backup", Restored, "--Caas:Data:Path", Path.Combine(_folders.Path, "none"))).ShouldBeRefused("is no data folder");

        Directory.CreateDirectory(Restored);
        (await TakeAsync(Restored)).ShouldSucceed();
    }

    [Fact]
    public async Task A_backup_of_a_damaged_folder_is_refused_and_leaves_nothing()
    {
        await File.WriteAllTextAsync(Path.Combine(Data, "caas_schemas.db"), new string('x', 8192), SocketIOHost.Ct);

        (await TakeAsync(Restored)).ShouldBeRefused("was not made");

        Directory.GetFileSystemEntries(Restored).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_of_a_client_that_was_erased_meanwhile_is_not_in_the_backup()
    {
        // What a backup finds that copied the file before its erasure and the platform's rows after it.
        var file = Directory.GetFiles(Path.Combine(Data, "clients")).ShouldHaveSingleItem();
        var erased = new ClientId(Guid.CreateVersion7());
        File.Copy(file, Path.Combine(Data, "clients", erased + ".db"));

        (await TakeAsync(Restored)).ShouldSucceed().Output.ShouldContain(", 4 files, ");

        Directory.GetFiles(Path.Combine(Restored, "clients")).ShouldHaveSingleItem().ShouldEndWith(Path.GetFileName(file));
    }

    private Task<CommandAnswer> TakeAsync(string backup) => CaasCommand.RunAsync("backup", backup, "--Caas:Data:Path", Data);

    private Task<CommandAnswer> RestoreAsync(string data) => CaasCommand.RunAsync("restore", Backup, "--Caas:Data:Path", data);

    private async Task RefusedAsync(string why)
    {
        (await CaasCommand.RunAsync("backup", Backup, "--verify")).ShouldBeRefused(why);
        (await RestoreAsync(Restored)).ShouldBeRefused(why);
        var left = Directory.Exists(Restored) ? Directory.GetFiles(Restored, "*", SearchOption.AllDirectories) : [];
        left.ShouldAllBe(file => Path.GetFileName(file) == "lock", "nothing of it is in place");
    }

    private JsonNode Manifest() => JsonNode.Parse(File.ReadAllText(Path.Combine(Backup, "manifest.json")))!;
}
