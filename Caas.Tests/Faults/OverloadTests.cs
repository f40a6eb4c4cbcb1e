using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// P11: above its capacity the product does what it can and refuses the rest at once. A load that does not wait for
/// answers; <c>CAAS_TEST_OVERLOAD_SECONDS</c> makes it longer and holds goodput and memory to their figures.
/// </summary>
public sealed class OverloadTests(ITestOutputHelper output)
{
    private const int Lanes = 8;
    private const int TicksPerSecond = 50;

    // Each holds a connection of its own, at both ends.
    private const int MostUnanswered = 1_000;

    private static readonly int Seconds = OrderRun.Setting("CAAS_TEST_OVERLOAD_SECONDS", 2);
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("CAAS_TEST_OVERLOAD_SECONDS") is not null;

    // A queue that is full soon: what is measured is the refusal, not the disk.
    private static readonly string[] Arguments =
    [
        "--Caas:Limits:PerUserPerMinute", "0",
        "--Caas:Sqlite:WriterThreads", "1",
        "--Caas:Sqlite:MaxBatch", "16",
        "--Caas:Sqlite:MaxQueuedWrites", "32",
    ];

    [Fact]
    public async Task At_three_times_its_capacity_goodput_stays_and_the_rest_is_refused_and_not_done()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(folder.Path, Arguments);
        var ann = await (await Tenant.RegisterAsync(caas.Url)).AddPersonAsync("ann");
        var conversation = await ann.CreateGroupAsync();
        var ledger = new OverloadLedger();
        await FillAsync(ann, conversation, ledger, "warm", 0.5);
        var capacity = await FillAsync(ann, conversation, ledger, "calm", Math.Max(1, Seconds / 4.0));
        var steady = MemoryOf(caas);
        var before = ledger.Accepted;

        var (offered, latencies, peak) = await FloodAsync(caas, ann, conversation, ledger, capacity * 3);

        var goodput = (ledger.Accepted - before) / (double)Seconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"capacity {capacity:F0}/s, offered {offered / (double)Seconds:F0}/s, goodput {goodput:F0}/s, refused {ledger.Refusals.Count}, p99 of the admitted {latencies[(int)(0.99 * (latencies.Count - 1))]:F0} ms, memory {steady / 1e6:F0} -> {peak / 1e6:F0} MB"));
        ledger.Check(await ann.ReadHistoryAsync(conversation)).ShouldBeEmpty();
        ledger.Refusals.ShouldContain(HttpStatusCode.ServiceUnavailable);
        goodput.ShouldBeGreaterThan(capacity * (IsLong ? 0.8 : 0.2));
        ((double)peak / steady).ShouldBeLessThan(IsLong ? 1.5 : 3);

        // It is over when it is over.
        (await ann.TrySendAsync(conversation, "after", "after")).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Over_a_users_limit_exactly_the_limit_is_done_and_the_rest_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var caas = await CaasProcess.StartAsync(folder.Path, "--Caas:Limits:PerUserPerMinute", "40");
        var tenant = await Tenant.RegisterAsync(caas.Url);
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ben.CreateGroupAsync("ann");
        var ledger = new OverloadLedger();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
            ledger.Note($"{number}", await ann.TrySendAsync(conversation, $"{number}", "Hello"))));

        // The budget may have won one or two back while the sends were under way.
        ledger.Accepted.ShouldBeInRange(40, 60);
        ledger.Refusals.ShouldAllBe(status => status == HttpStatusCode.TooManyRequests);
        ledger.Check(await ben.ReadHistoryAsync(conversation)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a refused send that is there", "was refused and is there")]
    [InlineData("an acknowledged send that is not there", "is there 0 times")]
    [InlineData("an acknowledged send that is there twice", "is there 2 times")]
    [InlineData("a refusal without a time", "no time to come again")]
    [InlineData("a failure", "was answered 500")]
    [InlineData("a gap", "a gap before")]
    public void The_check_finds_what_is_planted(string fault, string found)
    {
        var ledger = new OverloadLedger();
        ledger.Note("good", Answer(HttpStatusCode.Created, """{"sequence":1}"""));
        ledger.Note("refused", Answer(HttpStatusCode.ServiceUnavailable, "{}", retryAfter: "1"));
        ledger.Check([Message("good", 1)]).ShouldBeEmpty();
        if (fault == "a refusal without a time")
        {
            ledger.Note("other", Answer(HttpStatusCode.ServiceUnavailable, "{}"));
        }
        else if (fault == "a failure")
        {
            ledger.Note("other", Answer(HttpStatusCode.InternalServerError, "{}"));
        }

        JsonElement[] history = fault switch
        {
            "a refused send that is there" => [Message("good", 1), Message("refused", 2)],
            "an acknowledged send that is not there" => [],
            "an acknowledged send that is there twice" => [Message("good", 1), Message("good", 2)],
            "a gap" => [Message("good", 1), Message("other", 3)],
            _ => [Message("good", 1)],
        };

        ledger.Check(history).ShouldContain(line => line.Contains(found, StringComparison.Ordinal));
    }

    // As many as a few who wait for their answers can send: the capacity, a second.
    private static async Task<double> FillAsync(Person ann, string conversation, OverloadLedger ledger, string name, double seconds)
    {
        var before = ledger.Accepted;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async lane =>
        {
            for (var number = 0; Stopwatch.GetElapsedTime(began).TotalSeconds < seconds; number++)
            {
                var key = $"{name}-{lane}-{number}";
                ledger.Note(key, await ann.TrySendAsync(conversation, key, "Hello"));
            }
        }));
        return (ledger.Accepted - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<(int Offered, List<double> Latencies, long Peak)> FloodAsync(
        CaasProcess caas, Person ann, string conversation, OverloadLedger ledger, double perSecond)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TicksPerSecond), TimeProvider.System);
        using var places = new SemaphoreSlim(MostUnanswered);
        var latencies = new ConcurrentQueue<double>();
        var (offered, peak) = (0, 0L);
        var began = Stopwatch.GetTimestamp();
        for (var elapsed = 0.0; elapsed < Seconds; elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds)
        {
            // Behind or not, what is due is sent: an open loop, up to so many connections.
            while (offered < perSecond * elapsed && await places.WaitAsync(TimeSpan.Zero, SocketIOHost.Ct))
            {
                _ = SendAsync($"flood-{offered++}");
            }

            peak = Math.Max(peak, MemoryOf(caas));
            await pace.WaitForNextTickAsync(SocketIOHost.Ct);
        }

        for (var answered = 0; answered < MostUnanswered; answered++)
        {
            await places.WaitAsync(SocketIOHost.Ct);
        }

        return (offered, [.. latencies.Order()], peak);

        async Task SendAsync(string key)
        {
            try
            {
                var sent = Stopwatch.GetTimestamp();
                var answer = await ann.TrySendAsync(conversation, key, "Hello");
                ledger.Note(key, answer);
                if (answer.Status == HttpStatusCode.Created)
                {
                    latencies.Enqueue(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
            {
                ledger.NoteFailure(key, failure);
            }
            finally
            {
                places.Release();
            }
        }
    }

    private static long MemoryOf(CaasProcess caas)
    {
        using var process = Process.GetProcessById(caas.Id);
        return process.WorkingSet64;
    }

    private static ApiAnswer Answer(HttpStatusCode status, string text, string? retryAfter = null)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (retryAfter is not null)
        {
            headers.Add("Retry-After", retryAfter);
        }

        return new ApiAnswer(status, text, headers);
    }

    private static JsonElement Message(string key, long sequence) =>
        JsonSerializer.SerializeToElement(new { clientMessageId = key, sequence });
}
