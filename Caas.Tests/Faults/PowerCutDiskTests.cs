using System.Text;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>The disk that forgets is itself tried: it keeps what was synced, and can lose everything else.</summary>
public sealed class PowerCutDiskTests
{
    private readonly PowerCutDisk _disk = new();

    [Fact]
    public void What_was_synced_is_there_and_what_was_not_is_not()
    {
        Do(PowerCutOperation.Created, "a");
        Write("a", 0, "one ");
        Sync("a");
        Sync("");
        Write("a", 4, "two");

        Image(kept: 0).ShouldBe(["a: one "]);
        Image(kept: 1, chance: new PowerCutChance(4)).ShouldBe(["a: one two"]);
    }

    [Fact]
    public void A_name_is_lost_without_a_sync_of_its_folder()
    {
        Do(PowerCutOperation.Created, "a");
        Write("a", 0, "one");
        Sync("a");

        Image(kept: 0).ShouldBeEmpty();
    }

    [Fact]
    public void What_was_written_while_a_sync_ran_is_not_synced()
    {
        Do(PowerCutOperation.Created, "a");
        Sync("");
        Write("a", 0, "one");
        Do(PowerCutOperation.SyncBegan, "a");
        Write("a", 0, "two");
        Do(PowerCutOperation.SyncEnded, "a");

        Image(kept: 0).ShouldBe(["a: one"]);
    }

    [Fact]
    public void A_file_that_was_removed_comes_back_until_its_folder_is_synced()
    {
        Do(PowerCutOperation.Created, "a");
        Write("a", 0, "one");
        Sync("a");
        Sync("");
        Do(PowerCutOperation.Unlinked, "a");

        Image(kept: 0).ShouldBe(["a: one"]);
        Sync("");
        Image(kept: 0).ShouldBeEmpty();
    }

    [Fact]
    public void Writes_are_lost_and_torn_at_sectors_in_every_combination()
    {
        Do(PowerCutOperation.Created, "a");
        Sync("");
        Write("a", 0, new string('x', 1024));

        var seen = Enumerable.Range(0, 200)
            .Select(seed => Image(kept: 0.5, chance: new PowerCutChance((ulong)seed)).Single()["a: ".Length..].TrimEnd('\0'))
            .Select(text => $"{text.Count(letter => letter == 'x')} of {text.Length}")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

        seen.ShouldBe(["0 of 0", "1024 of 1024", "512 of 1024", "512 of 512"]);
    }

    [Fact]
    public void A_truncation_is_lost_like_a_write()
    {
        Do(PowerCutOperation.Created, "a");
        Write("a", 0, "one");
        Sync("a");
        Sync("");
        _disk.Apply(new PowerCutRecord(PowerCutOperation.Truncated, 1, "a", 0, default));

        Image(kept: 0).ShouldBe(["a: one"]);
        Sync("a");
        Image(kept: 0).ShouldBe(["a: "]);
    }

    private void Do(PowerCutOperation operation, string path) => _disk.Apply(new PowerCutRecord(operation, 1, path, 0, default));

    private void Write(string path, long offset, string text) =>
        _disk.Apply(new PowerCutRecord(PowerCutOperation.Written, 2, path, offset, Encoding.UTF8.GetBytes(text)));

    private void Sync(string path)
    {
        Do(PowerCutOperation.SyncBegan, path);
        Do(PowerCutOperation.SyncEnded, path);
    }

    private List<string> Image(double kept, PowerCutChance? chance = null)
    {
        using var folder = new TemporaryFolder();
        _disk.WriteImage(folder.Path, kept, chance ?? new PowerCutChance(1));
        return [.. Directory.EnumerateFiles(folder.Path).Select(file => $"{Path.GetFileName(file)}: {File.ReadAllText(file)}")];
    }
}
