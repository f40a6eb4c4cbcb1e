using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Presence;
using Caas.Engines;
using Caas.Engines.Redis;
using Caas.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Caas.Tests.Engines.Redis;

/// <summary>TLS, and a user who may do no more than the adapters do.</summary>
public sealed class RedisSecurityTests : IDisposable
{
    private const string Password = "correct-horse";

    // Of about one connection in ten the client only says that there is none, and not why.
    private const int Tries = 8;

    private readonly TestCertificate _certificate = new();

    private static CancellationToken Ct => SocketIOHost.Ct;

    [Fact]
    public async Task Every_port_works_over_tls_for_a_user_who_may_do_no_more_than_is_documented()
    {
        await using var server = await StartAsync();
        await using var rig = await ConnectAsync(server, $"user=caas,password={Password}");
        using var limiter = rig.Limiter();
        using var presence = rig.Presence();
        var bus = rig.Bus();
        var receiver = new FirstReceiver();
        await using var subscription = await bus.SubscribeAsync(receiver, Ct);

        (await limiter.AcquireAsync("user:a", 10, TimeSpan.FromMinutes(1), Ct)).Remaining.ShouldBe(9);
        (await presence.TouchAsync(default, UserId.Parse("alice"), "a1", PresenceStatus.Online, Ct)).ShouldNotBeNull();
        await presence.RemoveAsync(default, UserId.Parse("alice"), "a1", Ct);
        (await presence.SweepAsync(Ct)).ShouldBeEmpty();
        (await presence.ReadAsync(default, [UserId.Parse("alice")], Ct)).Single().Status.ShouldBe(PresenceStatus.Online);
        await bus.PublishAsync(new RealtimeSignal(default, null, null, 1, "t", "{}"u8.ToArray(), TraceParent: null), Ct);
        (await receiver.First.Task.WaitAsync(SocketIOHost.Patience, Ct)).Version.ShouldBe(1);
        await new RedisStart(rig.Redis, NullLogger<RedisStart>.Instance).OpenAsync(Ct);

        limiter.IsShared.ShouldBeTrue();
        presence.IsKnown.ShouldBeTrue();
        bus.IsConnected.ShouldBeTrue();
    }

    [Fact]
    public async Task That_user_may_do_nothing_else()
    {
        await using var server = await StartAsync();
        await using var rig = await ConnectAsync(server, $"user=caas,password={Password},allowAdmin=true");

        await ShouldBeRefusedAsync(rig.Database.StringSetAsync("other:key", "1"));
        await ShouldBeRefusedAsync(rig.Database.ExecuteAsync("FLUSHALL"));
        await ShouldBeRefusedAsync(rig.Database.ExecuteAsync("CONFIG", "GET", "requirepass"));
        await ShouldBeRefusedAsync(rig.Redis.GetSubscriber().PublishAsync(RedisChannel.Sharded("other"), "1"));
    }

    [Fact]
    public async Task A_wrong_password_ends_the_start_with_the_key_and_without_the_password()
    {
        await using var server = await StartAsync();
        EngineStartException? refused = null;
        for (var i = 0; i < Tries && refused is null; i++)
        {
            await using var rig = await ConnectAsync(server, "user=caas,password=battery-staple");
            rig.Redis.IsConnected.ShouldBeFalse();
            refused = await Record.ExceptionAsync(() => new RedisStart(rig.Redis, NullLogger<RedisStart>.Instance).OpenAsync(Ct))
                as EngineStartException;
        }

        refused.ShouldNotBeNull().Message.ShouldStartWith("ConnectionStrings:redis");
        refused.ToString().ShouldNotContain("battery-staple");
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_trusted()
    {
        await using var server = await StartAsync();
        await using var rig = await RedisRig.ConnectAsync($"{server.Address},ssl=true,user=caas,password={Password}");

        rig.Redis.IsConnected.ShouldBeFalse();
    }

    public void Dispose() => _certificate.Dispose();

    private static async Task ShouldBeRefusedAsync(Task command) =>
        (await Should.ThrowAsync<RedisServerException>(() => command)).Message.ShouldContain("NOPERM");

    private Task<RedisServer> StartAsync() => RedisServer.StartAsync(port =>
    [
        "--port", "0",
        "--tls-port", $"{port}",
        "--tls-cert-file", _certificate.CertificatePath,
        "--tls-key-file", _certificate.KeyPath,
        "--tls-ca-cert-file", _certificate.AuthorityPath,
        "--tls-auth-clients", "no",
        "--user", "default", "off",
        "--user", "caas", "on", $">{Password}", "~caas:*", "&caas:*",
        .. RedisScripts.Permissions.Split(' '),
    ]);

    private async Task<RedisRig> ConnectAsync(RedisServer server, string credentials) => await RedisRig.ConnectAsync(
        $"{server.Address},ssl=true,{credentials}",
        static options => options.Prefix = "caas",
        configuration => configuration.TrustIssuer(_certificate.Authority));

    private sealed class FirstReceiver : IRealtimeReceiver
    {
        public TaskCompletionSource<RealtimeSignal> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask ReceiveAsync(RealtimeSignal signal, CancellationToken cancellationToken)
        {
            First.TrySetResult(signal);
            return ValueTask.CompletedTask;
        }

        public ValueTask GapAsync(int shard, int shards, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
