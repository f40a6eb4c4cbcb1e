using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// P16: a secret stands in its one answer and nowhere else; content in the client's own file and the event log, and after
/// its erasure no more in that file.
/// </summary>
public sealed class LeakTests(ITestOutputHelper output)
{
    [Fact]
    public async Task No_canary_is_in_logs_traces_metrics_or_refusals_and_content_is_gone_when_it_is_erased()
    {
        using var folder = new TemporaryFolder();
        var host = await LeakHost.StartAsync(folder.Path);
        LeakRun run;
        await using (host)
        {
            run = new LeakRun(host);
            await run.LiveAsync();
            await run.BeRefusedAsync();
            await run.FailAsync();
            var metrics = (await new ApiClient(host.Metrics).GetAsync("/metrics")).Text;
            metrics.ShouldContain("http_server_request_duration");

            // The search finds what is there.
            run.Content.FindInFiles(host.Folder, IsOf(run.ClientFile)).ShouldContain(found => found.EndsWith(": text over HTTP", StringComparison.Ordinal));
            run.Registration.FindInFiles(host.Folder).ShouldContain(found => found.EndsWith(": e-mail", StringComparison.Ordinal));
            Elsewhere(run, host).ShouldBeEmpty();

            // Also in the file that is open, as soon as it rests.
            await run.EraseAsync();
            await ShouldBeErasedAsync(run, host);
            await host.StopAsync();
            ShouldTellNothing(run, host, metrics);
        }

        output.WriteLine($"{host.Log.Lines.Count} lines, {host.Exported.Sum(export => (long)export.Length)} bytes exported, {run.Refusals.Count} refusals");
        run.Content.FindInFiles(folder.Path, IsOf(run.ClientFile)).ShouldBeEmpty();
        run.Content.FindInFiles(folder.Path, static file => file.StartsWith("caas_platform", StringComparison.Ordinal)).ShouldBeEmpty();
        Secrets(run, folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_a_deleted_client_neither_its_file_nor_its_registration_is_left()
    {
        using var folder = new TemporaryFolder();
        LeakRun run;
        await using (var host = await LeakHost.StartAsync(folder.Path))
        {
            run = new LeakRun(host);
            await run.LiveAsync();
            await run.DeleteClientAsync();
        }

        run.Content.FindInFiles(folder.Path, static file => !IsEventLog(file)).ShouldBeEmpty();
        run.Registration.FindInFiles(folder.Path, static file => !IsEventLog(file)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("text")]
    [InlineData("value")]
    [InlineData("exception")]
    [InlineData("file")]
    public void The_search_finds_what_is_planted(string where)
    {
        using var folder = new TemporaryFolder();
        using var log = new LeakLog();
        var canaries = new LeakCanaries();
        var secret = canaries.Make("a secret");
        var logger = log.CreateLogger("Planted");
        switch (where)
        {
            case "text":
                logger.Log(Microsoft.Extensions.Logging.LogLevel.Trace, default, secret, null, static (state, _) => state);
                break;
            case "value":
                KeyValuePair<string, object?>[] values = [new("Token", secret)];
                logger.Log(Microsoft.Extensions.Logging.LogLevel.Trace, default, values, null, static (_, _) => "harmless");
                break;
            case "exception":
                var thrown = new FormatException(secret);
                logger.Log(Microsoft.Extensions.Logging.LogLevel.Trace, default, "", thrown, static (_, _) => "harmless");
                break;
            default:
                File.WriteAllText(Path.Combine(folder.Path, "a.db-wal"), "\0\u0001" + secret + "\0");
                break;
        }

        log.Lines.SelectMany(canaries.FindIn).Concat(canaries.FindInFiles(folder.Path)).Count().ShouldBe(1);
    }

    private static void ShouldTellNothing(LeakRun run, LeakHost host, string metrics)
    {
        host.Log.Lines.ShouldContain(line => line.Contains("Unhandled exception in GET", StringComparison.Ordinal));
        host.Log.Lines.ShouldContain(line => line.Contains("dead letter", StringComparison.Ordinal));
        foreach (var kind in new[] { "/v1/logs", "/v1/traces", "/v1/metrics" })
        {
            host.Exported.ShouldContain(export => IsOfKind(export, kind), kind);
        }

        foreach (var canaries in new[] { run.Secrets, run.Content, run.Registration })
        {
            host.Log.Lines.Where(line => canaries.FindIn(line).Count > 0).ShouldBeEmpty();
            host.Exported.SelectMany(export => canaries.FindIn(export)).ShouldBeEmpty();
            run.Refusals.Where(refusal => canaries.FindIn(refusal).Count > 0).ShouldBeEmpty();
            canaries.FindIn(metrics).ShouldBeEmpty();
        }
    }

    private static async Task ShouldBeErasedAsync(LeakRun run, LeakHost host)
    {
        IReadOnlyList<string> found = [];
        try
        {
            await host.UntilAsync(() => Task.FromResult((found = run.Content.FindInFiles(host.Folder, IsOf(run.ClientFile))).Count == 0));
        }
        catch (TimeoutException)
        {
            found.ShouldBeEmpty();
        }
    }

    private static bool IsOfKind(byte[] export, string kind) => export.AsSpan().StartsWith(System.Text.Encoding.UTF8.GetBytes(kind));

    // Content in a file that is not its own. The platform's open log may still show a dead letter that was discarded.
    private static IEnumerable<string> Elsewhere(LeakRun run, LeakHost host) => run.Content.FindInFiles(
        host.Folder, file => !IsEventLog(file) && !IsOf(run.ClientFile)(file) && file != "caas_platform.db-wal");

    // The deployment's own two keys are kept in the platform's file, as bytes; nothing else is kept anywhere.
    private static IEnumerable<string> Secrets(LeakRun run, string folder) => run.Secrets.FindInFiles(folder)
        .Except(["caas_platform.db: cursor key", "caas_platform.db: refresh key"], StringComparer.Ordinal);

    private static Func<string, bool> IsOf(string clientId) => file => file.Contains(clientId, StringComparison.Ordinal);

    private static bool IsEventLog(string file) => file.StartsWith("caas_events", StringComparison.Ordinal);
}
