using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Caas.Tests.Faults;
using Caas.Tests.Support;

namespace Caas.Tests.Cluster;

/// <summary>What five processes tell of one send: one trace, and nothing that is secret or somebody's.</summary>
[Collection(ClusterRig.Collection)]
public sealed class ClusterTelemetryTests(ClusterTelemetryTests.Telling cluster) : IClassFixture<ClusterTelemetryTests.Telling>
{
    private const int Server = 2;
    private const int Producer = 4;
    private const int Consumer = 5;

    private readonly ClusterRig _rig = cluster.Rig;
    private Person _ann = null!;
    private Person _ben = null!;
    private string _conversation = "";

    [Fact]
    public async Task A_send_at_the_gateway_is_one_trace_to_the_sockets_of_both_nodes()
    {
        var tenant = await _rig.RegisterAsync();
        var ann = await tenant.AddPersonAsync("ann");
        var ben = await tenant.AddPersonAsync("ben");
        var conversation = await ann.CreateGroupAsync("ben");
        await using var first = await ben.At(_rig.Messaging[0].Url).ConnectAsync();
        await using var second = await ben.At(_rig.Messaging[1].Url).ConnectAsync();
        var caller = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

        await SendAsync(ann, conversation, "traced", TraceRecorder.Header(caller));
        foreach (var socket in new[] { first, second })
        {
            (await socket.WaitForMessageAsync("traced")).GetProperty("traceId").GetString().ShouldBe(caller.TraceId.ToHexString());
        }

        // Each process exports its spans when it likes: the trace is there when both ways lead back to the caller.
        var trace = await cluster.TraceAsync(caller.TraceId.ToHexString(), spans =>
            Emits(spans) is { Count: 2 } ends && ends.All(end => Way(spans, end)[^1].ParentId == caller.SpanId.ToHexString()));
        var emits = Emits(trace);
        emits.Select(span => span.Instance).ShouldBeUnique(StringComparer.Ordinal);
        foreach (var emit in emits)
        {
            var way = Way(trace, emit);
            way.Where(span => span.Kind != 3).Select(span => (span.Service, span.Kind)).ShouldBe(
                [("messaging", Producer), ("consumers", Consumer), ("consumers", Producer), ("messaging", Server), ("gateway", Server)]);
            way.Select(span => span.Name).Take(3).ShouldBe(["emit message.sent", "deliver message.sent", "relay message.sent"]);
        }
    }

    [Fact]
    public async Task No_process_tells_a_secret_or_what_somebody_wrote()
    {
        var canaries = new LeakCanaries();
        await LiveAsync(canaries);
        await BeRefusedAsync(canaries);
        await FailAsync(canaries);

        var processes = _rig.Messaging.Concat(_rig.Consumers).Append(_rig.GatewayProcess).ToList();
        foreach (var process in processes)
        {
            process.Output.Where(line => canaries.FindIn(line).Count > 0).ShouldBeEmpty();
            canaries.FindIn((await new ApiClient(process["metrics"]).GetAsync("/metrics")).Text).ShouldBeEmpty();
        }

        // They told something, of each kind and at every level.
        var kinds = new[] { "/v1/logs", "/v1/traces", "/v1/metrics" };
        await Poll.UntilAsync(() => ValueTask.FromResult(kinds.All(kind => cluster.Exported(kind).Count > 0)), "each kind was exported");
        processes.SelectMany(process => process.Output).ShouldContain(line => line.StartsWith("dbug: ", StringComparison.Ordinal));
        processes.SelectMany(process => process.Output).ShouldContain(line => line.StartsWith("warn: ", StringComparison.Ordinal));
        kinds.SelectMany(cluster.Exported).SelectMany(export => canaries.FindIn(export.Span)).ShouldBeEmpty();
    }

    [Fact]
    public void A_span_is_read_as_it_was_written()
    {
        // resource_spans { resource { attributes { key: "service.name" value { string_value: "x" } } }
        //   scope_spans { spans { trace_id: 01 span_id: 02 parent_span_id: 03 name: "n" kind: 2 start: fixed64 } } }
        var request = Convert.FromHexString(
            "0A320A150A130A0C736572766963652E6E616D6512030A0178121912170A01011201022201032A01"
            + "6E3002390000000000000000");

        OtlpSpan.Read(request).ShouldBe([new OtlpSpan("x", "", "01", "02", "03", "n", Server)]);
    }

    private static List<OtlpSpan> Emits(IEnumerable<OtlpSpan> trace) => [.. trace.Where(span => span.Name == "emit message.sent")];

    private static List<OtlpSpan> Way(IReadOnlyList<OtlpSpan> trace, OtlpSpan last)
    {
        var way = new List<OtlpSpan> { last };
        while (trace.SingleOrDefault(span => span.Id == way[^1].ParentId) is { } parent)
        {
            way.Add(parent);
        }

        return way;
    }

    private static async Task SendAsync(Person person, string conversation, string text, string traceParent)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(person.Url, "/api/messages"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", person.Token);
        request.Headers.Add("traceparent", traceParent);
        request.Content = new StringContent(
            JsonSerializer.Serialize(new { conversationId = conversation, clientMessageId = text, text }), Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, SocketIOHost.Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private async Task LiveAsync(LeakCanaries canaries)
    {
        var tenant = await Tenant.RegisterAsync(_rig.Gateway, canaries.Make("client name"), $"{canaries.Make("e-mail")}@acme.example");
        canaries.Add("API key", tenant.Secret[^40..^8]);
        _ann = await AddAsync(tenant, "ann", canaries);
        _ben = await AddAsync(tenant, "ben", canaries);
        _conversation = await _ann.CreateGroupAsync("ben");
        await using var socket = await _ben.ConnectAsync();
        var text = canaries.Make("text over HTTP");
        await _ann.SendAsync(_conversation, text);
        await socket.WaitForMessageAsync(text);
        (await socket.EmitAsync("message.send", new { conversationId = _conversation, clientMessageId = "1", text = canaries.Make("text over a socket") }))
            .GetProperty("ok").GetBoolean().ShouldBeTrue();
        await _ben.CatchUpAsync(cursor: null);
    }

    private static async Task<Person> AddAsync(Tenant tenant, string user, LeakCanaries canaries)
    {
        (await tenant.Key.PutAsync($"/api/users/{user}", new { name = canaries.Make($"name of {user}") })).ShouldBe(HttpStatusCode.Created);
        var minted = (await tenant.Key.PostAsync("/api/tokens", new { userId = user })).ShouldBe(HttpStatusCode.Created);
        var token = minted["accessToken"].GetString()!;
        canaries.Add($"access token of {user}", token[^40..^8]);
        canaries.Add($"refresh token of {user}", minted["refreshToken"].GetString()![^40..^8]);
        return new Person(tenant.Key.Url, user, token, minted.Json);
    }

    private async Task BeRefusedAsync(LeakCanaries canaries)
    {
        var text = canaries.Make("a text that is refused");
        await new ApiClient(_rig.Gateway, canaries.Make("a credential that is none")).GetAsync("/api/unread");
        await new ApiClient(_rig.Gateway).PostAsync("/api/tokens/refresh", new { refreshToken = canaries.Make("a refresh token that is none") });
        (await _ann.Api.PostRawAsync("/api/messages", $$"""{"conversationId":"{{text}}","clientMessageId":"1","text":"{{text}}"}"""))
            .Status.ShouldNotBe(HttpStatusCode.Created);
        (await _ann.Api.PostRawAsync("/api/messages", text)).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    // Engines that go away make processes talk: of what they could not do.
    private async Task FailAsync(LeakCanaries canaries)
    {
        await using var socket = await _ben.ConnectAsync();
        _rig.Kafka.Stop();
        await _rig.Redis.FreezeAsync();
        var text = canaries.Make("text while engines are away");
        await _ann.SendAsync(_conversation, text);
        await Poll.UntilAsync(
            () => ValueTask.FromResult(_rig.Consumers.Concat(_rig.Messaging).SelectMany(process => process.Output)
                .Any(line => line.StartsWith("warn: ", StringComparison.Ordinal))),
            "somebody complained");
        await _rig.Redis.ThawAsync();
        _rig.Kafka.Resume();

        // Processes that log everything take their time to come back where others are busy.
        await Poll.UntilAsync(
            () => ValueTask.FromResult(socket.Events.Any(e => e.Argument.ToString().Contains(text, StringComparison.Ordinal))),
            "the text comes",
            TimeSpan.FromMinutes(1));
    }

    /// <summary>A rig whose processes log everything, and export to a collector that keeps the bytes.</summary>
    public sealed class Telling : IAsyncLifetime
    {
        private LeakCollector? _collector;
        private ClusterRig? _rig;

        public ClusterRig Rig => _rig ?? throw new InvalidOperationException("The cluster has not been started.");

        public IReadOnlyList<ReadOnlyMemory<byte>> Exported(string kind)
        {
            var path = Encoding.UTF8.GetBytes(kind + "\n");
            return
            [
                .. (_collector?.Received ?? [])
                    .Where(export => export.AsSpan().StartsWith(path))
                    .Select(export => (ReadOnlyMemory<byte>)export.AsMemory(path.Length)),
            ];
        }

        /// <summary>The spans of a trace, once it is so of them.</summary>
        public async Task<IReadOnlyList<OtlpSpan>> TraceAsync(string traceId, Func<IReadOnlyList<OtlpSpan>, bool> isWhole)
        {
            IReadOnlyList<OtlpSpan> spans = [];
            await Poll.UntilAsync(
                () =>
                {
                    spans = [.. Exported("/v1/traces").SelectMany(OtlpSpan.Read).Where(span => span.TraceId == traceId)];
                    return ValueTask.FromResult(isWhole(spans));
                },
                "the whole trace was exported");
            return spans;
        }

        public async ValueTask InitializeAsync()
        {
            _collector = await LeakCollector.StartAsync();
            _rig = await ClusterRig.StartAsync(
            [
                .. ClusterEngines.Patient,
                "--Logging:LogLevel:Default", "Trace",
                "--OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Url,
                "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "--OTEL_METRIC_EXPORT_INTERVAL", "1000",
                "--OTEL_BSP_SCHEDULE_DELAY", "200",
                "--OTEL_BLRP_SCHEDULE_DELAY", "200",
            ]);
        }

        public async ValueTask DisposeAsync()
        {
            await (_rig?.DisposeAsync() ?? default);
            await (_collector?.DisposeAsync() ?? default);
        }
    }
}
