using System.Text.Json;
using Caas.Tests.Faults;
using Caas.Tests.Support;

namespace Caas.Tests.Moving;

/// <summary>What an operator types, what they read, and what is refused.</summary>
public sealed class MigrateCommandTests : IClassFixture<BackupFixture>, IDisposable
{
    private readonly TemporaryFolder _folders = new();
    private readonly BackupFixture _made;

    public MigrateCommandTests(BackupFixture made)
    {
        _made = made;
        FolderCopy.Make(made.Data, Data);
    }

    private string Data => Path.Combine(_folders.Path, "data");

    private string Target => Path.Combine(_folders.Path, "target");

    public void Dispose() => _folders.Dispose();

    [Fact]
    public async Task A_folder_at_rest_is_moved_and_a_product_starts_there()
    {
        (await CaasCommand.RunAsync("migrate", Data, "--to-folder", Target)).ShouldSucceed()
            .Output.ShouldEndWith($"The data is in the folder '{Target}' now. Stop the product on '{Data}' and start the services. The folder stays as it is.\n");

        await using var server = await CaasProcess.StartAsync(Target);
        (await _made.Ann.At(server.Url).ReadHistoryAsync(_made.Conversation)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Each_step_is_a_line_for_a_program()
    {
        var moved = (await CaasCommand.RunAsync("migrate", Data, "--to-folder", Target, "--json")).ShouldSucceed();

        var phases = moved.Output.TrimEnd().Split('\n').Select(line => JsonElement.Parse(line).GetProperty("phase").GetString()).ToList();
        phases.Distinct(StringComparer.Ordinal).ShouldBe(["copy", "follow", "check", "closed", "switch", "moved"]);
    }

    [Fact]
    public async Task What_was_moved_is_taken_back()
    {
        (await CaasCommand.RunAsync("migrate", Data, "--to-folder", Target)).ShouldSucceed();

        (await CaasCommand.RunAsync("migrate", Data, "--to-folder", Target, "--undo")).ShouldSucceed();

        await using var server = await CaasProcess.StartAsync(Data);
        await _made.Ann.At(server.Url).SendAsync(_made.Conversation, "again");
    }

    [Fact]
    public async Task What_cannot_be_moved_is_refused_with_the_reason()
    {
        await RefusedAsync("is no data folder", Path.Combine(_folders.Path, "none"), "--to-folder", Target);
        await RefusedAsync("is not a new or empty folder", Data, "--to-folder", _made.Data);
        await RefusedAsync("ConnectionStrings:mongodb: is missing", Data);
        await RefusedAsync("Caas:Engines:Documents: a deployment is moved to mongo", Data, "--Caas:Engines:Documents", "sqlite");
        await RefusedAsync("is not moved: there is nothing to take back", Data, "--to-folder", Target, "--undo");
    }

    [Fact]
    public async Task A_folder_that_was_moved_is_not_moved_to_somewhere_else()
    {
        (await CaasCommand.RunAsync("migrate", Data, "--to-folder", Target)).ShouldSucceed();

        await RefusedAsync("was moved to the folder", Data, "--to-folder", Target + "-2");
    }

    private static async Task RefusedAsync(string why, params string[] arguments) =>
        (await CaasCommand.RunAsync(["migrate", .. arguments])).ShouldBeRefused(why);
}
