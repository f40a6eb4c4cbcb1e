using System.Diagnostics;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Presence;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.Redis;

/// <summary>
/// P10 in its small form, presence: a Redis that stands still, or is gone and comes back empty. Nothing hangs for longer than
/// its time-out, and everything comes back by itself.
/// </summary>
public sealed class RedisPresenceAwayTests
{
    private static readonly ClientId Client = new(new Guid("018f3c00-0000-7000-8000-000000000001"));

    private static CancellationToken Ct => SocketIOHost.Ct;

    [Theory]
    [InlineData(Fault.Frozen)]
    [InlineData(Fault.Killed)]
    public async Task Presence_says_that_it_does_not_know_and_touches_bring_it_back(Fault fault)
    {
        var alice = UserId.Parse("alice");
        await using var server = await RedisServer.StartAsync();
        await using var rig = await RedisFaults.ConnectAsync(server);
        using var presence = rig.Presence();
        await presence.TouchAsync(Client, alice, "a1", PresenceStatus.Online, Ct);

        await RedisFaults.BeginAsync(server, fault);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 20; i++)
        {
            (await presence.TouchAsync(Client, alice, "a1", PresenceStatus.Online, Ct)).ShouldBeNull();
            await presence.RemoveAsync(Client, alice, "a2", Ct);
            (await presence.SweepAsync(Ct)).ShouldBeEmpty();
        }

        var refused = await Should.ThrowAsync<RefusedException>(async () => await presence.ReadAsync(Client, [alice], Ct));
        refused.Error.Code.ShouldBe(ErrorCatalogue.ServiceUnavailable);
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan((3 * RedisFaults.Timeout) + RedisFaults.Slack);
        await RedisFaults.EndAsync(server, fault);

        await RedisFaults.BackAsync(async () =>
        {
            await presence.TouchAsync(Client, alice, "a1", PresenceStatus.Online, Ct);
            return presence.IsKnown && (await presence.ReadAsync(Client, [alice], Ct)).Single().Status == PresenceStatus.Online;
        });
    }
}
