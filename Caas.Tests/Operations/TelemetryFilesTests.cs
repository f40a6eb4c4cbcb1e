using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Operations;

/// <summary>
/// Dashboards and alerts ask for what the product shows, under the names that Prometheus gets; nothing that it shows is
/// left out by oversight.
/// </summary>
public sealed class TelemetryFilesTests(TelemetryFilesTests.Host host) : IClassFixture<TelemetryFilesTests.Host>
{
    private static readonly string[] Prefixes = ["caas_", "socketio_"];

    // What Prometheus itself makes of a target.
    private static readonly string[] OfPrometheus = ["up"];

    // Looked at where the thing itself is looked at, and not on a dashboard.
    private static readonly string[] NotOnADashboard = [];

    [Fact]
    public async Task Every_metric_of_a_dashboard_is_one_that_the_product_shows()
    {
        var known = await KnownAsync();

        DashboardFile.All.SelectMany(file => file.Expressions.SelectMany(MetricNames.Asked).Select(name => (file.Name, Metric: name)))
            .Where(asked => !known.Contains(MetricNames.Base(asked.Metric)))
            .Distinct()
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_metric_of_an_alert_is_one_that_the_product_shows()
    {
        var known = await KnownAsync();

        AlertFile.Read().Alerts.SelectMany(alert => MetricNames.Asked(alert.Expression).Select(name => (alert.Name, Metric: name)))
            .Where(asked => !known.Contains(MetricNames.Base(asked.Metric)))
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_instrument_of_the_product_is_on_a_dashboard_or_deliberately_not()
    {
        var shown = DashboardFile.All.SelectMany(file => file.Expressions).SelectMany(MetricNames.Asked).Select(MetricNames.Base);

        (await KnownAsync())
            .Where(name => Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            .Except(shown, StringComparer.Ordinal)
            .ShouldBe(NotOnADashboard, ignoreOrder: true);
    }

    [Fact]
    public async Task The_names_of_the_instruments_are_those_that_are_exported()
    {
        var instruments = MetricNames.Instruments();

        var scraped = MetricNames.Scraped(await ExporterUnderTest.ScrapeAsync(instruments));

        // An exporter shows the instruments of the whole process, those of other tests' hosts among them.
        instruments.Select(MetricNames.Of).ShouldBeSubsetOf(scraped.Keys, StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_a_running_host_exports_is_known()
    {
        string[] used =
        [
            "caas_consumers_handled_total", "caas_relay_duration_seconds", "caas_outbox_waiting_seconds", "caas_storage_free_bytes",
            "caas_engines_up", "caas_sqlite_batch_size", "caas_locallog_flush_duration_seconds", "caas_delivery_duration_seconds",
            "caas_refusals_total", "socketio_connections",
        ];
        var scraped = MetricNames.Scraped(await host.ScrapeAsync());

        used.ShouldBeSubsetOf(scraped.Keys, StringComparer.Ordinal);
        used.ShouldBeSubsetOf(MetricNames.Instruments().Select(MetricNames.Of), StringComparer.Ordinal);
        scraped["caas_refusals_total"].ShouldBe("counter");
        scraped["caas_engines_up"].ShouldBe("gauge");
        scraped["caas_relay_duration_seconds"].ShouldBe("histogram");
    }

    [Fact]
    public async Task Histograms_have_buckets_for_what_they_measure()
    {
        var scrape = await host.ScrapeAsync();

        foreach (var seconds in new[] { "caas_sqlite_flush_duration_seconds", "caas_relay_duration_seconds", "caas_delivery_duration_seconds" })
        {
            scrape.ShouldContain(seconds + "_bucket{", Case.Sensitive);
            scrape.Split('\n').ShouldContain(line => line.StartsWith(seconds + "_bucket", StringComparison.Ordinal) && line.Contains("le=\"0.0025\"", StringComparison.Ordinal), seconds);
        }

        scrape.Split('\n').ShouldContain(line => line.StartsWith("caas_sqlite_batch_size_bucket", StringComparison.Ordinal) && line.Contains("le=\"64\"", StringComparison.Ordinal));
        scrape.ShouldContain("service_name=\"caas\"", Case.Sensitive);
    }

    [Fact]
    public void Every_alert_says_how_bad_it_is_what_it_is_and_where_to_read_what_to_do()
    {
        var headings = Headings(Repository.Read("docs/operations.md"));
        var alerts = AlertFile.Read().Alerts;

        alerts.Count.ShouldBeGreaterThan(15);
        alerts.Where(alert => alert.Severity is not ("page" or "ticket") || alert.Summary.Length == 0 || alert.Expression.Length == 0)
            .Select(alert => alert.Name).ShouldBeEmpty();
        alerts.Select(alert => alert.Name).ShouldBeUnique(StringComparer.Ordinal);
        alerts.Where(alert => alert.Runbook.Split('#') is not ["docs/operations.md", var heading] || !headings.Contains(heading))
            .Select(alert => $"{alert.Name}: {alert.Runbook}").ShouldBeEmpty();
    }

    [Fact]
    public void Every_panel_asks_the_chosen_source_and_has_a_unit_a_legend_and_a_place_of_its_own()
    {
        DashboardFile.All.Count.ShouldBe(4);
        foreach (var file in DashboardFile.All)
        {
            file.Json.GetProperty("schemaVersion").GetInt32().ShouldBeGreaterThanOrEqualTo(39);
            file.Json.GetProperty("templating").GetProperty("list").EnumerateArray()
                .ShouldContain(variable => variable.GetProperty("type").GetString() == "datasource", file.Name);
            foreach (var panel in file.Panels)
            {
                var title = $"{file.Name}: {panel.GetProperty("title").GetString()}";
                panel.GetProperty("datasource").GetProperty("uid").GetString().ShouldBe("${datasource}", title);
                panel.GetProperty("description").GetString().ShouldNotBeNullOrEmpty(title);
                panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString().ShouldNotBeNullOrEmpty(title);
                panel.GetProperty("targets").EnumerateArray()
                    .ShouldAllBe(target => target.GetProperty("legendFormat").GetString()!.Length > 0, title);
            }

            Overlaps(file.Panels.Select(panel => panel.GetProperty("gridPos"))).ShouldBe(0, file.Name);
            file.Panels.Select(panel => panel.GetProperty("id").GetInt32()).ShouldBeUnique();
        }
    }

    [Fact]
    public void The_uids_of_the_dashboards_differ() =>
        DashboardFile.All.Select(file => file.Json.GetProperty("uid").GetString()).ShouldBeUnique(StringComparer.Ordinal);

    [Fact]
    public void A_strange_name_and_a_wrong_runbook_are_found()
    {
        MetricNames.Asked("sum(rate(caas_gone_total{job=~\"$job\"}[5m])) / up{}").ShouldBe(["caas_gone_total", "up"]);
        MetricNames.Base("caas_relay_duration_seconds_bucket").ShouldBe("caas_relay_duration_seconds");
        var alert = AlertFile.Parse("""
            groups:
              - name: caas
                rules:
                  - alert: One
                    expr: up{} == 0
                    labels:
                      severity: page
                    annotations:
                      summary: It is gone.
                      runbook: docs/operations.md#nowhere
            """).Alerts.ShouldHaveSingleItem();
        alert.ShouldBe(new Alert("One", "up{} == 0", "page", "It is gone.", "docs/operations.md#nowhere"));
    }

    // What this process shows after some use, what instruments there are, and what Prometheus adds.
    private async Task<HashSet<string>> KnownAsync() =>
    [
        .. MetricNames.Scraped(await host.ScrapeAsync()).Keys,
        .. MetricNames.Instruments().Select(MetricNames.Of),
        .. OfPrometheus,
    ];

    private static HashSet<string> Headings(string page) =>
    [
        .. page.Split('\n').Where(line => line.StartsWith('#'))
            .Select(line => string.Concat(line.TrimStart('#').Trim().ToLowerInvariant()
                .Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')
                .Select(letter => letter == ' ' ? '-' : letter))),
    ];

    private static int Overlaps(IEnumerable<JsonElement> places)
    {
        var taken = new HashSet<(int X, int Y)>();
        return places.Sum(place => (
            from x in Enumerable.Range(Number(place, "x"), Number(place, "w"))
            from y in Enumerable.Range(Number(place, "y"), Number(place, "h"))
            select taken.Add((x, y)) ? 0 : 1).Sum());
    }

    private static int Number(JsonElement place, string name) => place.GetProperty(name).GetInt32();

    /// <summary>The embedded host as a process, after a few sends and refusals.</summary>
    public sealed class Host : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();
        private CaasProcess _process = null!;

        public async ValueTask InitializeAsync()
        {
            _process = await CaasProcess.StartAsync(_folder.Path);
            var tenant = await Tenant.RegisterAsync(_process.Url);
            var ann = await tenant.AddPersonAsync("ann");
            var ben = await tenant.AddPersonAsync("ben");
            var conversation = await ann.CreateGroupAsync("ben");
            await using var socket = await ben.ConnectAsync();
            for (var number = 0; number < 5; number++)
            {
                await ann.SendAsync(conversation, $"message {number}");
            }

            await socket.WaitForMessageAsync("message 4");
            await new ApiClient(_process.Url).GetAsync("/api/unread");

            // The watches of the consumers look every 15 seconds.
            await Poll.UntilAsync(
                async () => (await ScrapeAsync()) is var scrape
                    && scrape.Contains("caas_storage_free_bytes{", StringComparison.Ordinal)
                    && scrape.Contains("caas_engines_up{", StringComparison.Ordinal),
                "the watches have looked");
        }

        public async Task<string> ScrapeAsync() => (await new ApiClient(_process["metrics"]).GetAsync("/metrics")).Text;

        public async ValueTask DisposeAsync()
        {
            await _process.DisposeAsync();
            _folder.Dispose();
        }
    }
}
