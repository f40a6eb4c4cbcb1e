using System.Collections.Concurrent;
using System.Diagnostics;
using Caas.Domain.Events;
using Caas.Domain.Policies;
using Caas.Domain.Presence;
using Caas.Engines;
using Caas.Engines.Redis;
using Caas.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace Caas.Tests.Engines.Redis;

public sealed class RedisRegistrationTests(RedisServers servers)
{
    private static CancellationToken Ct => SocketIOHost.Ct;

    [Fact]
    public async Task All_three_ports_come_from_one_connection_string()
    {
        await using var services = Build(("ConnectionStrings:redis", await servers.SingleAsync()), ("Caas:Redis:Prefix", "test-registration"));

        await OpenAsync(services);

        var lease = await services.GetRequiredService<IRateLimiter>().AcquireAsync("user:a", 10, TimeSpan.FromMinutes(1), Ct);
        lease.Allowed.ShouldBeTrue();
        (await services.GetRequiredService<IPresence>().ReadAsync(default, [], Ct)).ShouldBeEmpty();
        await services.GetRequiredService<IRealtimeBus>().PublishAsync(
            new RealtimeSignal(default, null, null, null, "t", default, TraceParent: null), Ct);
        (await HealthAsync(services)).ShouldBe(new Dictionary<string, HealthStatus>(StringComparer.Ordinal)
        {
            ["counters"] = HealthStatus.Healthy,
            ["presence"] = HealthStatus.Healthy,
            ["realtime"] = HealthStatus.Healthy,
        });
    }

    [Fact]
    public async Task Without_redis_the_start_goes_on_and_health_is_degraded()
    {
        await using var services = Build(("ConnectionStrings:redis", $"127.0.0.1:{FreePort.Next()},connectTimeout=200"));

        await OpenAsync(services);
        for (var i = 0; i < 3; i++)
        {
            (await services.GetRequiredService<IRateLimiter>().AcquireAsync("user:a", 10, TimeSpan.FromMinutes(1), Ct)).Allowed.ShouldBeTrue();
        }

        (await HealthAsync(services))["counters"].ShouldBe(HealthStatus.Degraded);
    }

    [Fact]
    public async Task A_node_that_divides_the_bus_otherwise_than_those_that_run_does_not_start()
    {
        var redis = await servers.SingleAsync();
        await using var running = Build(("ConnectionStrings:redis", redis), ("Caas:Redis:Prefix", "test-shards"));
        await OpenAsync(running);
        await using var same = Build(("ConnectionStrings:redis", redis), ("Caas:Redis:Prefix", "test-shards"));
        await OpenAsync(same);
        await using var other = Build(
            ("ConnectionStrings:redis", redis), ("Caas:Redis:Prefix", "test-shards"), ("Caas:Redis:BusShards", "16"));

        var failure = await Should.ThrowAsync<EngineStartException>(OpenAsync(other));

        failure.Message.ShouldStartWith("Caas:Redis:BusShards: the nodes that run have 8 shards");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commands_are_traced_where_traces_are_recorded_and_not_switched_off(bool isOff)
    {
        var recorded = new ConcurrentQueue<Activity>();
        var builder = Configure(
            ("ConnectionStrings:redis", await servers.SingleAsync()),
            ("Caas:Redis:Prefix", "test-registration"),
            ("Aspire:StackExchange:Redis:DisableTracing", isOff ? "true" : "false"));
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(new Recorder(recorded)));
        await using (var services = builder.Services.BuildServiceProvider())
        {
            services.GetRequiredService<TracerProvider>();
            await services.GetRequiredService<IRateLimiter>().AcquireAsync("user:a", 10, TimeSpan.FromMinutes(1), Ct);
        }

        recorded.Any(activity => activity.Source.Name.EndsWith("StackExchangeRedis", StringComparison.Ordinal)).ShouldBe(!isOff);
        recorded.SelectMany(activity => activity.TagObjects).ShouldAllBe(tag => !$"{tag.Value}".Contains("user:a"));
    }

    [Fact]
    public void The_client_is_configured_by_the_keys_of_aspire()
    {
        using var services = Build(
            ("Aspire:StackExchange:Redis:ConnectionString", $"127.0.0.1:{FreePort.Next()},user=u,password=p,connectTimeout=200"),
            ("Aspire:StackExchange:Redis:ConfigurationOptions:ClientName", "general"),
            ("Aspire:StackExchange:Redis:redis:ConfigurationOptions:ClientName", "special"));

        var configured = ConfigurationOptions.Parse(services.GetRequiredService<IConnectionMultiplexer>().Configuration);

        configured.ClientName.ShouldBe("special");
        configured.User.ShouldBe("u");
        configured.ConnectTimeout.ShouldBe(200);
        configured.AbortOnConnectFail.ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("password=secret")]
    [InlineData("host:1,nonsense=secret")]
    public void A_connection_string_that_names_no_server_ends_the_start_with_its_key(string? connectionString)
    {
        // Aspire's integration reads it as it is registered, ours when it is asked for: both before anything listens.
        var fault = Should.Throw<EngineStartException>(() =>
        {
            using var services = Build(("ConnectionStrings:redis", connectionString));
            _ = services.GetServices<IEngineStart>().ToList();
        });

        fault.Message.ShouldStartWith("ConnectionStrings:redis");
        fault.ToString().ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("Prefix", "")]
    [InlineData("Prefix", "a{b}")]
    [InlineData("Timeout", "00:00:01")]
    [InlineData("ProbeInterval", "00:00:06")]
    [InlineData("FallbackRateLimitKeys", "63")]
    [InlineData("BusShards", "257")]
    [InlineData("BusQueueCapacity", "0")]
    [InlineData("BusHeartbeat", "00:00:03")]
    [InlineData("BusSilence", "00:00:01")]
    [InlineData("PresenceGrace", "00:00:00")]
    [InlineData("PresenceExpiry", "00:00:44")]
    [InlineData("PresenceMemory", "00:30:00")]
    public void A_wrong_option_is_named_at_start(string name, string value)
    {
        using var services = Build(("ConnectionStrings:redis", "localhost:1"), ($"Caas:Redis:{name}", value));

        var fault = Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        fault.Message.ShouldStartWith($"Caas:Redis:{name} ");
    }

    [Fact]
    public void The_defaults_are_allowed_and_the_bus_has_the_shards_of_the_embedded_one()
    {
        new RedisOptions().FindFault().ShouldBeNull();
        new RedisOptions().BusShards.ShouldBe(new Caas.Engines.InMemory.InMemoryOptions().BusShards);
    }

    private static ServiceProvider Build(params (string Key, string? Value)[] configuration) =>
        Configure(configuration).Services.BuildServiceProvider();

    private static HostApplicationBuilder Configure(params (string Key, string? Value)[] configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(configuration.Select(one => KeyValuePair.Create(one.Key, one.Value)));
        builder.AddRedisConnection();
        builder.Services.AddRedisCounters().AddRedisPresence().AddRedisRealtime().AddLogging();
        return builder;
    }

    private static async Task OpenAsync(IServiceProvider services)
    {
        foreach (var start in services.GetServices<IEngineStart>())
        {
            await start.OpenAsync(Ct);
        }
    }

    private static async Task<Dictionary<string, HealthStatus>> HealthAsync(IServiceProvider services) =>
        (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Ct)).Entries
            .ToDictionary(entry => entry.Key, entry => entry.Value.Status, StringComparer.Ordinal);

    private sealed class Recorder(ConcurrentQueue<Activity> recorded) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => recorded.Enqueue(data);
    }
}
