using System.Text.Json;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Policies;
using Caas.Engines.InMemory;
using Caas.Engines.LocalLog;
using Caas.Engines.LocalRegistry;
using Caas.Tests.Engines.LocalLog;
using Caas.Tests.Gateway;
using Caas.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Engines;

/// <summary>Every engine is asked by its name, and the question finds what is wrong with it.</summary>
public sealed class HealthTests
{
    private static readonly HealthCheckContext Context = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_names_each_engine_for_probes_and_for_the_operator()
    {
        await using var host = await GatewayHost.StartAsync();

        var probed = await host.GetAsync("/health", credential: null);
        var read = await host.GetAsync("/api/platform/health", GatewayHost.PlatformKey);

        probed.Status.ShouldBe(200);
        string[] engines = ["counters", "documents", "events", "realtime", "schemas", "self", "serving"];
        Names(probed.Json.GetProperty("checks")).ShouldBe(engines);
        Names(read.Json.GetProperty("engines")).ShouldBe(engines);
        probed.Json.GetProperty("checks").EnumerateObject().ShouldAllBe(check => check.Value.GetString() == "healthy");
    }

    [Fact]
    public async Task An_engine_that_is_away_is_named_and_makes_the_host_not_ready()
    {
        await using var host = await GatewayHost.StartAsync();
        await ((IAsyncDisposable)host.Services.GetService(typeof(LocalEventStream))!).DisposeAsync();

        var probed = await host.GetAsync("/health", credential: null);

        probed.Status.ShouldBe(503);
        probed.Json.GetProperty("checks").GetProperty("events").GetString().ShouldBe("unhealthy");
        probed.Json.GetProperty("checks").GetProperty("documents").GetString().ShouldBe("healthy");
        (await host.GetAsync("/alive", credential: null)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_stream_that_could_not_be_written_is_unhealthy_until_it_can_be_also_where_nobody_writes()
    {
        await using var fixture = new LocalLogFixture();
        var stream = fixture.Open();
        var health = new LocalLogHealth(stream);
        await stream.AppendAsync("t", [new StreamRecord("k", new byte[] { 1 }, TraceParent: null)], Ct);
        (await StatusAsync(health)).ShouldBe(HealthStatus.Healthy);

        // The next connection refuses to write, as a full disk would.
        fixture.Opened = static connection => Execute(connection, "PRAGMA query_only = ON");
        await stream.DisposeAsync();
        stream = fixture.Open();
        health = new LocalLogHealth(stream);
        await Should.ThrowAsync<IOException>(async () =>
            await stream.AppendAsync("t", [new StreamRecord("k", new byte[] { 1 }, TraceParent: null)], Ct));
        (await StatusAsync(health)).ShouldBe(HealthStatus.Unhealthy);
        (await StatusAsync(health)).ShouldBe(HealthStatus.Unhealthy);

        fixture.Opened = null;
        (await StatusAsync(health)).ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_bus_whose_receiver_sits_with_a_signal_is_unhealthy_until_it_goes_on()
    {
        var clock = new FakeTimeProvider();
        var bus = new InMemoryRealtimeBus(clock, new InMemoryOptions(), NullLogger<InMemoryRealtimeBus>.Instance);
        var receiver = new SittingReceiver();
        var health = new InMemoryRealtimeHealth(bus);
        await using var subscription = await bus.SubscribeAsync(receiver, Ct);
        (await StatusAsync(health)).ShouldBe(HealthStatus.Healthy);

        await bus.PublishAsync(Signal(), Ct);
        await receiver.Got.Task.WaitAsync(SocketIOHost.Patience, Ct);
        clock.Advance(InMemoryRealtimeHealth.Patience);
        (await StatusAsync(health)).ShouldBe(HealthStatus.Healthy);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        (await StatusAsync(health)).ShouldBe(HealthStatus.Unhealthy);

        receiver.GoOn.SetResult();
        await bus.PublishAsync(Signal(), Ct);
        await receiver.GotAgain.Task.WaitAsync(SocketIOHost.Patience, Ct);
        (await StatusAsync(health)).ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_registry_without_its_file_is_unhealthy()
    {
        using var folder = new TemporaryFolder();
        using var registry = new LocalSchemaRegistry(folder.Path);
        (await StatusAsync(new LocalRegistryHealth(registry))).ShouldBe(HealthStatus.Healthy);

        var file = Path.Combine(folder.Path, "in-the-way");
        await File.WriteAllTextAsync(file, string.Empty, Ct);
        using var misplaced = new LocalSchemaRegistry(file);

        (await StatusAsync(new LocalRegistryHealth(misplaced))).ShouldBe(HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task Counters_that_do_not_count_are_unhealthy()
    {
        (await StatusAsync(new InMemoryCountersHealth(new InMemoryRateLimiter(TimeProvider.System, new InMemoryOptions()))))
            .ShouldBe(HealthStatus.Healthy);
        (await StatusAsync(new InMemoryCountersHealth(new BrokenLimiter()))).ShouldBe(HealthStatus.Unhealthy);
    }

    private static async Task<HealthStatus> StatusAsync(IHealthCheck check) => (await check.CheckHealthAsync(Context, Ct)).Status;

    private static IEnumerable<string> Names(JsonElement checks) =>
        checks.EnumerateObject().Select(check => check.Name).Order(StringComparer.Ordinal);

    private static RealtimeSignal Signal() => new(
        new ClientId(Guid.Empty), ConversationId: null, UserId: null, Version: null, "t", ReadOnlyMemory<byte>.Empty, TraceParent: null);

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed class SittingReceiver : IRealtimeReceiver
    {
        public TaskCompletionSource Got { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource GotAgain { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask ReceiveAsync(RealtimeSignal signal, CancellationToken cancellationToken)
        {
            if (!Got.TrySetResult())
            {
                GotAgain.TrySetResult();
            }

            await GoOn.Task.WaitAsync(cancellationToken);
        }

        public ValueTask GapAsync(int shard, int shards, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private sealed class BrokenLimiter : IRateLimiter
    {
        public ValueTask<RateLimitLease> AcquireAsync(string key, int limit, TimeSpan period, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new RateLimitLease(Allowed: true, limit, limit, TimeSpan.Zero, TimeSpan.Zero));
    }
}
