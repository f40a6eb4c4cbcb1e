using System.Diagnostics;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// P9: a backup that is taken while everyone writes. One by default, more with <c>CAAS_TEST_BACKUPS</c>.
/// </summary>
public sealed class BackupTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_backup_while_everyone_writes_restores_all_that_was_acknowledged_before_it_began()
    {
        for (var round = FaultSize.Of("CAAS_TEST_BACKUPS", 1); round > 0; round--)
        {
            using var folders = new TemporaryFolder();
            await using var story = await BackupStory.BeginAsync(Path.Combine(folders.Path, "data"));
            await story.Senders.WaitForAsync(100);

            var before = story.Senders.Acknowledged;
            var began = Stopwatch.GetTimestamp();
            var backup = Path.Combine(folders.Path, "backup");
            (await CaasCommand.RunAsync("backup", backup, "--Caas:Data:Path", story.Folder)).ShouldSucceed();
            var took = Stopwatch.GetElapsedTime(began);
            var meanwhile = story.Senders.Acknowledged.Count - before.Count;
            await story.Senders.WaitForAsync(20);
            await story.Senders.StopAsync();
            await story.Server.KillAsync();

            output.WriteLine($"{before.Count} acknowledged before, {meanwhile} in the {took.TotalMilliseconds:F0} ms of the backup");
            meanwhile.ShouldBeGreaterThan(0, "the writers do not wait for it");
            story.Senders.Refused.ShouldBeEmpty();
            (await CaasCommand.RunAsync("backup", backup, "--verify")).ShouldSucceed();
            var restored = Path.Combine(folders.Path, "restored");
            (await CaasCommand.RunAsync("restore", backup, "--Caas:Data:Path", restored)).ShouldSucceed();
            await GoesOnAsync(story, restored, before);
            (await RecoveredFolder.JudgeAsync(restored, before)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_backup_of_a_killed_server_has_everything()
    {
        using var folders = new TemporaryFolder();
        await using var story = await BackupStory.BeginAsync(Path.Combine(folders.Path, "data"));
        await story.Senders.WaitForAsync(50);
        await story.Senders.StopAsync();
        await story.Server.KillAsync();

        var backup = Path.Combine(folders.Path, "backup");
        var restored = Path.Combine(folders.Path, "restored");
        (await CaasCommand.RunAsync("backup", backup, "--Caas:Data:Path", story.Folder)).ShouldSucceed();
        (await CaasCommand.RunAsync("restore", backup, "--Caas:Data:Path", restored)).ShouldSucceed();

        (await RecoveredFolder.JudgeAsync(restored, story.Senders.Acknowledged)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_backup_that_is_too_old_and_one_whose_stream_is_older_than_its_relay_are_found()
    {
        using var folders = new TemporaryFolder();
        await using var story = await BackupStory.BeginAsync(Path.Combine(folders.Path, "data"));
        var old = Path.Combine(folders.Path, "old");
        (await CaasCommand.RunAsync("backup", old, "--Caas:Data:Path", story.Folder)).ShouldSucceed();
        await story.Senders.WaitForAsync(100);
        await story.Senders.StopAsync();
        (await story.Server.TerminateAsync()).ShouldBe(0);

        var wrong = Path.Combine(folders.Path, "wrong");
        FolderCopy.Make(story.Folder, wrong);
        File.Copy(Path.Combine(old, "caas_events.db"), Path.Combine(wrong, "caas_events.db"), overwrite: true);
        var restored = Path.Combine(folders.Path, "restored");
        (await CaasCommand.RunAsync("restore", old, "--Caas:Data:Path", restored)).ShouldSucceed();

        (await RecoveredFolder.JudgeAsync(restored, story.Senders.Acknowledged))
            .ShouldContain(fault => fault.StartsWith("lost:", StringComparison.Ordinal));
        (await RecoveredFolder.JudgeAsync(wrong, []))
            .ShouldContain(fault => fault.StartsWith("relayed, and not in the stream:", StringComparison.Ordinal));
    }

    // Everyone is back where they were: a device catches up, a new message has the next number and is delivered.
    private static async Task GoesOnAsync(BackupStory story, string restored, IReadOnlyList<Acknowledged> before)
    {
        await using var server = await CaasProcess.StartAsync(restored, BackupStory.Arguments);
        var device = story.Device.At(server.Url);
        var missed = await device.CatchUpAsync(story.Cursor);
        foreach (var conversation in story.Conversations)
        {
            var history = await device.ReadHistoryAsync(conversation);
            history.Select(message => message.GetProperty("sequence").GetInt64())
                .ShouldBe(Enumerable.Range(1, history.Count).Select(number => (long)number));
            missed.Changes
                .Where(change => change.GetProperty("conversationId").GetString() == conversation)
                .Count(change => change.GetProperty("type").GetString() == "message.sent")
                .ShouldBe(history.Count);
            history.Count.ShouldBeGreaterThanOrEqualTo(before.Count(one => one.Conversation == conversation));

            await using var socket = await device.ConnectAsync();
            var next = await story.People[0].At(server.Url).SendAsync(conversation, "after the restore");
            next.GetProperty("sequence").GetInt64().ShouldBe(history.Count + 1);
            var delivered = await socket.WaitForAsync("message.sent");
            delivered.GetProperty("data").GetProperty("message").GetProperty("id").GetString()
                .ShouldBe(next.GetProperty("id").GetString());
        }

        (await server.TerminateAsync()).ShouldBe(0);
    }
}
