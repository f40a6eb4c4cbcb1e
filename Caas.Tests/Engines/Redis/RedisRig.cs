using System.Diagnostics.Metrics;
using System.Globalization;
using Caas.Domain.Policies;
using Caas.Engines.InMemory;
using Caas.Engines.Redis;
using Caas.Engines.Redis.Presence;
using Caas.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Caas.Tests.Engines.Redis;

/// <summary>A node's connection to a Redis and the adapters over it, under a prefix that no other test has.</summary>
internal sealed class RedisRig : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ILogger _logger;
    private readonly List<IAsyncDisposable> _adapters = [];

    private RedisRig(IConnectionMultiplexer redis, RedisOptions options, ILogger? logger)
    {
        Redis = redis;
        Options = options;
        Keys = new RedisKeys(options.Prefix);
        Metrics = ActivatorUtilities.CreateInstance<RedisMetrics>(_services);
        _logger = logger ?? NullLogger.Instance;
    }

    public IConnectionMultiplexer Redis { get; }

    public RedisOptions Options { get; }

    public RedisKeys Keys { get; }

    public RedisMetrics Metrics { get; }

    public IDatabase Database => Redis.GetDatabase();

    /// <summary>Connects as the product does. A busy machine is no outage: by default nothing is late in a test.</summary>
    public static async Task<RedisRig> ConnectAsync(
        string connectionString,
        Action<RedisOptions>? configure = null,
        Action<ConfigurationOptions>? connect = null,
        ILogger? logger = null)
    {
        var options = new RedisOptions
        {
            Prefix = $"test-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}"[..29],
            Timeout = SocketIOHost.Patience,
            BusHeartbeat = TimeSpan.FromMilliseconds(100),
            BusSilence = TimeSpan.FromMinutes(1),
        };
        configure?.Invoke(options);
        var configuration = ConfigurationOptions.Parse(connectionString);
        RedisClientDefaults.Apply(configuration);
        connect?.Invoke(configuration);
        return new RedisRig(await ConnectionMultiplexer.ConnectAsync(configuration), options, logger);
    }

    public RedisCircuit Circuit(string port) => new(port, Redis, Options, TimeProvider.System, Metrics, _logger);

    public RedisRateLimiter Limiter(IRateLimiter? fallback = null) => new(
        Circuit("counters"), Keys, fallback ?? new InMemoryRateLimiter(TimeProvider.System, new InMemoryOptions()));

    public RedisPresence Presence() => new(Circuit("presence"), Keys, Options);

    /// <summary>A bus; the rig ends it.</summary>
    public RedisRealtimeBus Bus()
    {
        var bus = new RedisRealtimeBus(
            Redis, Circuit(RedisRealtimeBus.Port), Keys, Options, TimeProvider.System, Metrics, _logger);
        _adapters.Add(bus);
        return bus;
    }

    /// <summary>What the metric says of a port now.</summary>
    public int Availability(string port)
    {
        var found = -1;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "caas.redis.available" && ReferenceEquals(instrument.Meter.Scope, _services.GetRequiredService<IMeterFactory>()))
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => found = Equals(tags[0].Value, port) ? value : found);
        listener.Start();
        listener.RecordObservableInstruments();
        return found;
    }

    /// <summary>Lets time pass for what the adapters keep: each time that Redis holds is moved into the past.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        foreach (var server in Redis.GetServers())
        {
            await foreach (var key in server.KeysAsync(pattern: Options.Prefix + ":*").WithCancellation(SocketIOHost.Ct))
            {
                await AgeAsync(key, time);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var adapter in _adapters)
        {
            await adapter.DisposeAsync();
        }

        await Redis.DisposeAsync();
        await _services.DisposeAsync();
    }

    private async Task AgeAsync(RedisKey key, TimeSpan time)
    {
        var lasts = await Database.KeyTimeToLiveAsync(key);
        switch (await Database.KeyTypeAsync(key))
        {
            case RedisType.String:
                await Database.StringDecrementAsync(key, time.Ticks / TimeSpan.TicksPerMicrosecond);
                break;
            case RedisType.SortedSet:
                foreach (var entry in await Database.SortedSetRangeByRankAsync(key))
                {
                    await Database.SortedSetDecrementAsync(key, entry, time.TotalMilliseconds);
                }

                break;
            case RedisType.Hash:
                await AgeHashAsync(key, (long)time.TotalMilliseconds);
                break;
        }

        if (lasts is { } left)
        {
            await Database.KeyExpireAsync(key, left > time ? left - time : TimeSpan.Zero);
        }
    }

    private async Task AgeHashAsync(RedisKey key, long milliseconds)
    {
        foreach (var (name, value) in (await Database.HashGetAllAsync(key)).Select(field => ((string)field.Name!, (string)field.Value!)))
        {
            if (name.StartsWith("c:", StringComparison.Ordinal))
            {
                await Database.HashSetAsync(key, name, $"{value[..2]}{long.Parse(value[2..], CultureInfo.InvariantCulture) - milliseconds}");
            }
            else if (name is "seen" or "gone")
            {
                await Database.HashDecrementAsync(key, name, milliseconds);
            }
        }
    }
}
