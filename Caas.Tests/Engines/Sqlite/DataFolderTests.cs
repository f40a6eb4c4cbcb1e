using System.ComponentModel;
using System.Diagnostics;
using Caas.Engines.Sqlite.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Engines.Sqlite;

public sealed class DataFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("caas-folder-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_second_holder_waits_five_seconds_and_is_refused_in_one_line_that_names_the_key()
    {
        using var first = new DataFolder(_folder, TimeProvider.System);
        await first.OpenAsync(Ct);
        var clock = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        using var second = new DataFolder(_folder, clock);

        var refused = await Should.ThrowAsync<DataFolderException>(OpenAsync(second, clock));

        refused.Message.ShouldBe($"Caas:Data:Path: the folder '{_folder}' is in use by another process.");
    }

    [Fact]
    public async Task The_lock_is_free_again_when_its_holder_closes()
    {
        using var first = new DataFolder(_folder, TimeProvider.System);
        await first.OpenAsync(Ct);
        first.Dispose();
        using var second = new DataFolder(_folder, TimeProvider.System);

        await second.OpenAsync(Ct);
    }

    [Fact]
    public async Task The_lock_excludes_another_process_and_ends_with_it_when_it_is_killed()
    {
        using var other = Hold(Path.Combine(_folder, "lock"));
        var clock = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        using var folder = new DataFolder(_folder, clock);
        try
        {
            await other.StandardOutput.ReadLineAsync(Ct);
            await Should.ThrowAsync<DataFolderException>(OpenAsync(folder, clock));
        }
        finally
        {
            other.Kill(entireProcessTree: true);
        }

        await other.WaitForExitAsync(Ct);
        using var again = new DataFolder(_folder, TimeProvider.System);
        await again.OpenAsync(Ct);
    }

    [Fact]
    public async Task A_new_folder_is_its_owners_alone()
    {
        var path = Path.Combine(_folder, "new", "data");
        using var folder = new DataFolder(path, TimeProvider.System);

        await folder.OpenAsync(Ct);

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // The clock goes on by itself at each look, but a delay has to be woken.
    private static async Task OpenAsync(DataFolder folder, FakeTimeProvider clock)
    {
        var opening = folder.OpenAsync(Ct);
        while (!opening.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Yield();
        }

        await opening;
    }

    private static Process Hold(string path)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("flock", [path, "sh", "-c", "echo held; exec sleep 60"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("flock is not installed.");
            throw;
        }
    }
}
