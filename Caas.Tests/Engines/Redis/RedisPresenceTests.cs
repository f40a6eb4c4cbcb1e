using Caas.Domain.Presence;
using Caas.Engines.Redis.Presence;
using Caas.Tests.Contracts;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.Redis;

public sealed class RedisPresenceTests(RedisServers servers) : RedisPresenceContract(servers.SingleAsync);

public sealed class RedisClusterPresenceTests(RedisServers servers) : RedisPresenceContract(servers.ClusterAsync);

/// <summary>The port's promises, and what is particular to Redis, wherever it runs.</summary>
public abstract class RedisPresenceContract(Func<Task<string>> connectionString) : PresenceContract
{
    private RedisRig _rig = null!;
    private RedisRig _otherRig = null!;
    private RedisPresence _other = null!;

    [Fact]
    public async Task Nothing_of_it_lasts_for_ever()
    {
        await Presence.TouchAsync(default, Domain.Ids.UserId.Parse("alice"), "a1", PresenceStatus.Online, Stop);
        await Presence.RemoveAsync(default, Domain.Ids.UserId.Parse("alice"), "a1", Stop);

        var kept = 0;
        foreach (var server in _rig.Redis.GetServers())
        {
            await foreach (var key in server.KeysAsync(pattern: _rig.Options.Prefix + ":*").WithCancellation(Stop))
            {
                kept++;
                (await _rig.Database.KeyTimeToLiveAsync(key)).ShouldNotBeNull().ShouldBeLessThanOrEqualTo(_rig.Options.PresenceMemory);
            }
        }

        kept.ShouldBe(2);
    }

    protected override TimeSpan Grace => _rig.Options.PresenceGrace;

    protected override TimeSpan Expiry => _rig.Options.PresenceExpiry;

    protected override DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    protected override IPresence OtherNode => _other;

    protected override async ValueTask<IPresence> StartAsync()
    {
        // Long, so that the time a test takes decides nothing.
        _rig = await RedisRig.ConnectAsync(await connectionString(), static options =>
        {
            options.PresenceGrace = TimeSpan.FromSeconds(100);
            options.PresenceExpiry = TimeSpan.FromSeconds(600);
        });
        _otherRig = await RedisRig.ConnectAsync(await connectionString(), options =>
        {
            options.Prefix = _rig.Options.Prefix;
            options.PresenceGrace = _rig.Options.PresenceGrace;
            options.PresenceExpiry = _rig.Options.PresenceExpiry;
        });
        _other = _otherRig.Presence();
        return _rig.Presence();
    }

    protected override async ValueTask AdvanceAsync(TimeSpan time) => await _rig.PassAsync(time);

    protected override async ValueTask StopAsync()
    {
        (Presence as IDisposable)?.Dispose();
        _other?.Dispose();
        await _rig.DisposeAsync();
        await _otherRig.DisposeAsync();
    }
}
