using System.Diagnostics.Metrics;
using Caas.Messaging.Realtime;
using Caas.Tests.Gateway;
using Caas.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Operations;

/// <summary>What alerts are made of moves when what they tell of happens; in this process, to listen to it.</summary>
public sealed class InstrumentTests : IAsyncLifetime
{
    private GatewayHost _host = null!;
    private MeterReadings _readings = null!;
    private Tenant _tenant = null!;
    private Person _ann = null!;
    private Person _ben = null!;
    private string _conversation = "";

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync();
        _readings = new MeterReadings(_host.Services.GetRequiredService<IMeterFactory>());
        _tenant = await Tenant.RegisterAsync(_host.Address);
        _ann = await _tenant.AddPersonAsync("ann");
        _ben = await _tenant.AddPersonAsync("ben");
        _conversation = await _ann.CreateGroupAsync("ben");
    }

    public async ValueTask DisposeAsync()
    {
        _readings.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_send_is_a_flush_of_the_documents_one_of_the_stream_and_a_delivery()
    {
        await using var socket = await _ben.ConnectAsync();
        var flushes = _readings.Of("caas.sqlite.flush.duration").Count;
        var deliveries = _readings.Of("caas.delivery.duration").Count;

        await _ann.SendAsync(_conversation, "measured");
        await socket.WaitForMessageAsync("measured");

        _readings.Of("caas.sqlite.flush.duration").Skip(flushes).ShouldContain(seconds => seconds > 0 && seconds < 30);
        _readings.Of("caas.sqlite.batch.size").ShouldContain(writes => writes >= 1);
        _readings.Of("caas.locallog.flush.duration").ShouldContain(seconds => seconds > 0 && seconds < 30);
        _readings.Of("caas.locallog.batch.size").ShouldContain(appends => appends >= 1);

        // It is counted right behind the socket's queue.
        await Poll.UntilAsync(
            () => ValueTask.FromResult(_readings.Of("caas.delivery.duration").Count > deliveries), "the delivery is measured");
        _readings.Of("caas.delivery.duration").Skip(deliveries).ShouldAllBe(seconds => seconds >= 0 && seconds < 30);
        _readings.Now("caas.realtime.rooms").ShouldBe(1);
    }

    [Fact]
    public async Task Each_way_of_a_refusal_is_counted_by_its_code()
    {
        (await new ApiClient(_host.Address).GetAsync("/api/unread")).ShouldBeRefused(401, "unauthenticated");
        (await _ann.Api.GetAsync("/api/conversations/conv_none")).Status.ShouldBe(System.Net.HttpStatusCode.NotFound);
        await using var socket = await _ann.ConnectAsync();
        await socket.EmitAsync("no.such.command", new { });
        await Should.ThrowAsync<SocketRefusedException>(() => ChatSocket.ConnectAsync(_host.Address, "no.token.atall"));

        _readings.Of("caas.refusals", "way=http", "code=unauthenticated").ShouldBe([1]);
        _readings.Of("caas.refusals", "way=http", "code=not_found").ShouldBe([1]);
        _readings.Of("caas.refusals", "way=command", "code=not_found").ShouldBe([1]);
        _readings.Of("caas.refusals", "way=handshake", "code=invalid_credential").ShouldBe([1]);
        _readings.Of("caas.refusals").Sum().ShouldBe(4);
    }

    [Fact]
    public async Task What_is_granted_is_no_refusal()
    {
        await _ann.SendAsync(_conversation, "granted");

        _readings.Of("caas.refusals").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_gap_of_the_bus_is_counted_and_so_is_what_rooms_read_after_it()
    {
        await using var socket = await _ben.ConnectAsync();

        await _host.Services.GetRequiredService<RealtimeNode>().GapAsync(shard: 0, shards: 1, SocketIOHost.Ct);

        _readings.Of("caas.realtime.gaps").ShouldBe([1]);
        _readings.Of("caas.realtime.filled").ShouldContain(0);
    }

    [Fact]
    public void The_age_of_the_revocation_log_is_shown() =>
        _readings.Now("caas.revocations.age").ShouldBeInRange(0, 30);

    [Fact]
    public void The_writers_queues_are_shown_by_thread()
    {
        _readings.Now("caas.sqlite.queued", "thread=0").ShouldBeInRange(0, 100);
        _readings.Now("caas.sqlite.queued", "thread=1").ShouldBeInRange(0, 100);
    }
}
