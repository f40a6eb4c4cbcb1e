using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.EndToEnd;

/// <summary>What was answered survives kill -9: once, with its number, and for a device that syncs.</summary>
public sealed class KillTests
{
    private const int Senders = 8;
    private const int SendsBeforeKill = 60;

    private static int Kills => int.TryParse(
        Environment.GetEnvironmentVariable("CAAS_TEST_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 3;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_doubled_when_the_process_is_killed_under_load()
    {
        using var folder = new TemporaryFolder();
        var acknowledged = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        Person? person = null;
        string? conversation = null;
        string? cursor = null;
        for (var round = 0; round < Kills; round++)
        {
            await using var process = await StartAsync(folder);
            if (person is null)
            {
                person = await (await Tenant.RegisterAsync(process.Url)).AddPersonAsync("ann");
                conversation = await person.CreateGroupAsync();
                (_, _, cursor) = await person.CatchUpAsync(null);
            }

            var killed = process.KillAsync;
            await SendUntilKilledAsync(person.At(process.Url), conversation!, round, acknowledged, killed);
        }

        await using var last = await StartAsync(folder);
        var reader = person!.At(last.Url);
        var history = await reader.ReadHistoryAsync(conversation!);
        var sequences = history.ToDictionary(ClientMessageIdOf, SequenceOf, StringComparer.Ordinal);
        sequences.Values.Order().ShouldBe(Enumerable.Range(1, history.Count).Select(number => (long)number));
        foreach (var (id, sequence) in acknowledged)
        {
            sequences[id].ShouldBe(sequence);
        }

        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(Kills * SendsBeforeKill);
        var (changes, _, _) = await reader.CatchUpAsync(cursor);
        changes.Where(change => change.GetProperty("type").GetString() == "message.sent")
            .Select(change => SequenceOf(change.GetProperty("data").GetProperty("message")))
            .Distinct().Count().ShouldBe(history.Count);
    }

    private static Task<CaasProcess> StartAsync(TemporaryFolder folder) => CaasProcess.StartAsync(
        folder.Path, "--Caas:Registration:Open", "true", "--Caas:Limits:PerUserPerMinute", "0");

    private static async Task SendUntilKilledAsync(
        Person person, string conversation, int round, ConcurrentDictionary<string, long> acknowledged, Func<Task> kill)
    {
        var done = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var senders = Enumerable.Range(0, Senders).Select(async sender =>
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    var id = $"{round}-{sender}-{i}";
                    var answer = await person.TrySendAsync(conversation, id, $"text of {id}");
                    acknowledged[id] = answer["sequence"].GetInt64();
                    if (Interlocked.Increment(ref done) == SendsBeforeKill)
                    {
                        enough.SetResult();
                    }
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
            {
                // The process is gone; what was under way is unknown, and not in the journal.
            }
        }).ToList();
        await enough.Task;
        await kill();
        await Task.WhenAll(senders);
    }

    private static string ClientMessageIdOf(JsonElement message) => message.GetProperty("clientMessageId").GetString()!;

    private static long SequenceOf(JsonElement message) => message.GetProperty("sequence").GetInt64();
}
