using System.Net;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>P3: a disk that is full, and one that gives errors.</summary>
public sealed class DiskFaultTests(ITestOutputHelper output)
{
    private static readonly TimeSpan WritesAgainWithin = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_full_disk_refuses_writes_serves_reads_and_is_written_again_when_there_is_space()
    {
        using var folders = new TemporaryFolder();
        var path = Path.Combine(folders.Path, "volume");
        await using var volume = await DiskFaultVolume.MountAsync(path, megabytes: 16);
        var data = Path.Combine(path, "data");
        await using (var story = await DiskFaultStory.BeginAsync(data))
        {
            // The control: with space nothing is refused.
            (await story.SendUntilRefusedAsync(most: 50)).ShouldBeFalse();
            for (var round = 0; round < FaultSize.Of("CAAS_TEST_FULL_DISKS", 3); round++)
            {
                volume.Fill();
                (await story.SendUntilRefusedAsync(most: 2_000)).ShouldBeTrue();
                await story.ReadAsync();
                (await new ApiClient(story.Server.Url).GetAsync("/alive")).ShouldBe(HttpStatusCode.OK);
                (await new ApiClient(story.Server.Url).GetAsync("/health")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);

                volume.Free();
                var again = await story.SendUntilTakenAsync();
                output.WriteLine($"round {round + 1}: {story.Acknowledged.Count} acknowledged, written again {again.TotalMilliseconds:F0} ms after there was space");
                again.ShouldBeLessThan(WritesAgainWithin);
            }

            await story.Server.KillAsync();
            await JudgeAsync(data, story);
        }
    }

    [Theory]
    [InlineData("fsync", "EIO")]
    [InlineData("pwrite64", "EIO")]
    [InlineData("pwrite64", "ENOSPC")]
    public async Task An_error_of_the_disk_loses_nothing_and_ends_at_most_one_handle(string call, string error)
    {
        using var folders = new TemporaryFolder();
        var data = Path.Combine(folders.Path, "data");
        await using var story = await DiskFaultStory.BeginAsync(data);

        // The control: without an error nothing is refused.
        (await story.SendUntilRefusedAsync(most: 20)).ShouldBeFalse();
        var (refusals, errors) = (0, 0);
        var slowest = TimeSpan.Zero;
        for (var when = 1; when <= FaultSize.Of("CAAS_TEST_IO_ERRORS", 3); when++)
        {
            await using var fault = await DiskFaultInjection.AttachAsync(story.Server.Id, call, error, when, Path.Combine(folders.Path, "trace"));
            refusals += await story.SendUntilRefusedAsync(most: when + 10) ? 1 : 0;
            await story.ReadAsync();
            await fault.DetachAsync();
            errors += fault.Errors;
            fault.Reused.ShouldBeEmpty();
            var again = await story.SendUntilTakenAsync();
            slowest = again > slowest ? again : slowest;
        }

        output.WriteLine($"{call} {error}: {errors} errors, {refusals} refusals, {story.Acknowledged.Count} acknowledged, written again after {slowest.TotalMilliseconds:F0} ms at most");
        errors.ShouldBeGreaterThan(0);
        refusals.ShouldBeGreaterThan(0);
        slowest.ShouldBeLessThan(WritesAgainWithin);
        await story.Server.KillAsync();
        await JudgeAsync(data, story);
    }

    // And the judge finds an acknowledgement that was never given.
    private static async Task JudgeAsync(string data, DiskFaultStory story)
    {
        (await RecoveredFolder.JudgeAsync(data, story.Acknowledged)).ShouldBeEmpty();
        var planted = story.Acknowledged[^1] with { Sequence = story.Acknowledged[^1].Sequence + 1_000 };
        (await RecoveredFolder.JudgeAsync(data, [planted])).ShouldBe([$"lost: {planted}"]);
    }
}
