using System.Diagnostics;
using Caas.Engines.Redis;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.Redis;

/// <summary>The steps of the stories about a Redis that is away, with the times that are promised.</summary>
internal static class RedisFaults
{
    private static readonly TimeSpan MostUntilBack = TimeSpan.FromSeconds(10);

    /// <summary>How long a command may take in these stories.</summary>
    public static TimeSpan Timeout => TimeSpan.FromMilliseconds(300);

    /// <summary>What a busy machine may add to a time-out.</summary>
    public static TimeSpan Slack => TimeSpan.FromSeconds(1);

    private static CancellationToken Ct => SocketIOHost.Ct;

    public static async Task<RedisRig> ConnectAsync(RedisServer server, EventLog? log = null) => await ConnectAsync(server.Address, log);

    public static async Task<RedisRig> ConnectAsync(string connectionString, EventLog? log = null) => await RedisRig.ConnectAsync(
        connectionString,
        static options =>
        {
            options.Timeout = Timeout;
            options.BusHeartbeat = TimeSpan.FromMilliseconds(500);
            options.BusSilence = TimeSpan.FromSeconds(3);
        },
        logger: log);

    public static async Task BeginAsync(RedisServer server, Fault fault) =>
        await (fault == Fault.Frozen ? server.FreezeAsync() : server.KillAsync());

    public static async Task EndAsync(RedisServer server, Fault fault) =>
        await (fault == Fault.Frozen ? server.ThawAsync() : server.RestartAsync());

    // The whole limit and no more, each answer in time, and the time-out is not paid again and again.
    public static async Task LimitsForItselfAsync(RedisRateLimiter limiter)
    {
        var began = Stopwatch.GetTimestamp();
        var allowed = 0;
        for (var i = 0; i < 50; i++)
        {
            var asked = Stopwatch.GetTimestamp();
            allowed += (await limiter.AcquireAsync("user:a", 5, TimeSpan.FromHours(1), Ct)).Allowed ? 1 : 0;
            Stopwatch.GetElapsedTime(asked).ShouldBeLessThan(Timeout + Slack);
        }

        allowed.ShouldBe(5);
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan((3 * Timeout) + Slack);
    }

    public static async Task BackAsync(Func<ValueTask<bool>> isBack)
    {
        var began = Stopwatch.GetTimestamp();
        await Poll.UntilAsync(isBack, "it works over Redis again");
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(MostUntilBack);
    }
}
