using System.Diagnostics;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// P2: what was answered 2xx survives a power cut. The server runs under a recorder; from the record, images are made of
/// what a disk might hold after a cut at some moment, and each is opened and judged. A few by default; the long form is
/// <c>CAAS_TEST_POWER_CUTS=2000</c>, in runs of 400.
/// </summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int CutsOfARun = 400;
    private static readonly double[] Kept = [0, 0.5, 0.9];

    [Fact]
    public async Task A_power_cut_at_any_moment_loses_nothing_that_was_acknowledged()
    {
        var cuts = FaultSize.Of("CAAS_TEST_POWER_CUTS", 40);
        var sends = FaultSize.Of("CAAS_TEST_POWER_SENDS", 300);
        for (var (run, tried) = (0, 0); tried < cuts; run++)
        {
            var more = Math.Min(CutsOfARun, cuts - tried);
            var lost = await CutAsync(run, more, sends, isUnsynced: false);
            lost.ShouldBeEmpty();
            tried += more;
        }
    }

    [Fact]
    public async Task A_log_that_is_not_synced_at_each_commit_loses_acknowledged_messages()
    {
        var cuts = Math.Max(20, FaultSize.Of("CAAS_TEST_POWER_CUTS", 40) / 10);

        var lost = await CutAsync(run: 0, cuts, sends: 300, isUnsynced: true);

        lost.ShouldContain(fault => fault.Contains("lost: ", StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<string>> CutAsync(int run, int cuts, int sends, bool isUnsynced)
    {
        using var folders = new TemporaryFolder();
        var recorder = await PowerCutJournal.BuildRecorderAsync(folders.Path);
        using var journal = PowerCutJournal.Create(Path.Combine(folders.Path, "journal"));
        await RecordAsync(Path.Combine(folders.Path, "data"), recorder, journal, sends, isUnsynced);

        var records = journal.Read();
        var chance = new PowerCutChance((ulong)run + 1);
        var moments = Moments(records, cuts, chance);
        var disk = new PowerCutDisk();
        var acknowledged = new List<Acknowledged>();
        var faults = new List<string>();
        var (images, failed, began) = (0, 0, Stopwatch.GetTimestamp());
        for (var at = 0; at < records.Count && images < moments.Count; at++)
        {
            disk.Apply(records[at]);
            if (records[at].Operation == PowerCutOperation.Acknowledged)
            {
                acknowledged.Add(JsonSerializer.Deserialize<Acknowledged>(records[at].Data.Span)!);
            }

            for (; images < moments.Count && moments[images] == at; images++)
            {
                var kept = Kept[images % Kept.Length];
                var found = await JudgeAsync(disk, Path.Combine(folders.Path, "image"), kept, chance, acknowledged);
                failed += found.Count > 0 ? 1 : 0;
                faults.AddRange(found.Select(fault => $"run {run}, cut after record {at} of {records.Count}, {kept:P0} kept: {fault}"));
            }
        }

        output.WriteLine(
            $"{(isUnsynced ? "not synced" : "synced")}: {images} images of {records.Count} records and {acknowledged.Count} acknowledgements, "
            + $"{failed} with faults, {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s");
        faults.Take(5).ToList().ForEach(output.WriteLine);
        images.ShouldBe(cuts);
        return faults;
    }

    // The server is told to stop while it is still recorded: closing copies the logs and removes them.
    private static async Task RecordAsync(string folder, string recorder, PowerCutJournal journal, int sends, bool isUnsynced)
    {
        Directory.CreateDirectory(folder);
        await using var server = await PowerCutHost.StartAsync(folder, recorder, journal, isUnsynced);
        var tenant = await Tenant.RegisterAsync(server.Url);
        var people = new List<Person>();
        for (var number = 0; number < 8; number++)
        {
            people.Add(await tenant.AddPersonAsync($"sender{number}"));
        }

        var conversation = await people[0].CreateGroupAsync([.. people.Skip(1).Select(person => person.UserId)]);
        await using var senders = new RecoverySenders(people, [conversation], textLength: 500, journal.Acknowledge);
        senders.Begin();
        for (var left = sends; left > 0; left -= 100)
        {
            await senders.WaitForAsync(Math.Min(left, 100));
        }

        await senders.StopAsync();
        senders.Refused.ShouldBeEmpty();
        await server.TerminateAsync();
    }

    // Half of the cuts are where something was just made durable or promised, one before it too; half are anywhere.
    private static List<int> Moments(IReadOnlyList<PowerCutRecord> records, int cuts, PowerCutChance chance)
    {
        var boundaries = Enumerable.Range(0, records.Count)
            .Where(at => records[at].Operation is PowerCutOperation.SyncBegan or PowerCutOperation.SyncEnded or PowerCutOperation.Acknowledged)
            .ToList();
        return
        [
            .. Enumerable.Range(0, cuts)
                .Select(number => number % 2 == 0 ? boundaries[chance.Below(boundaries.Count)] : chance.Below(records.Count))
                .Order(),
        ];
    }

    private static async Task<IReadOnlyList<string>> JudgeAsync(
        PowerCutDisk disk, string image, double kept, PowerCutChance chance, IReadOnlyCollection<Acknowledged> acknowledged)
    {
        disk.WriteImage(image, kept, chance);
        try
        {
            return await RecoveredFolder.JudgeAsync(image, acknowledged);
        }
        finally
        {
            Directory.Delete(image, recursive: true);
        }
    }
}
