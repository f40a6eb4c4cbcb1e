using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Caas.SocketIO;
using Caas.SocketIO.Connections;
using Caas.Tests.Support;

namespace Caas.Tests.SocketIO;

public sealed class PollingTests
{
    [Fact]
    public async Task A_client_connects_emits_and_gets_its_acknowledgement()
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.ConnectAsync(host);

        await client.SendAsync("427[\"echo\",{\"a\":1}]");

        (await client.PollAsync()).ShouldBe("437[{\"a\":1}]");
    }

    [Fact]
    public async Task Several_packets_travel_in_one_body_either_way()
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.ConnectAsync(host);

        await client.SendAsync("421[\"a\",1]\u001e422[\"b\",2]\u001e423[\"c\",3]");

        (await client.PollAsync()).ShouldBe("431[1]\u001e432[2]\u001e433[3]");
    }

    [Fact]
    public async Task Binary_is_base64_in_both_directions()
    {
        await using var host = await SocketIOHost.StartAsync();
        host.Handler.OnEvent = (connection, e, _) =>
        {
            connection.TryEmit(EncodedEvent.Create(
                "back", "{\"_placeholder\":true,\"num\":0}"u8, [e.Attachments[0]])).ShouldBeTrue();
            return ValueTask.CompletedTask;
        };
        var client = await SocketIOPolling.ConnectAsync(host);

        await client.SendAsync("451-[\"file\",{\"_placeholder\":true,\"num\":0}]\u001ebAQIDBA==");

        (await client.PollAsync()).ShouldBe("451-[\"back\",{\"_placeholder\":true,\"num\":0}]\u001ebAQIDBA==");
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("4")]
    [InlineData("3\u001e")]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("5")]
    [InlineData("bAQIDBA==")]
    [InlineData("b****")]
    [InlineData("42[\"before connect is fine, this is not\"")]
    public async Task A_bad_packet_closes_the_session(string body)
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.OpenAsync(host);

        using var response = await client.PostAsync(body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await client.ShouldBeGoneAsync();
    }

    [Fact]
    public async Task A_second_poll_closes_the_session()
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.ConnectAsync(host);

        var polls = new[] { client.GetAsync(), client.GetAsync() };
        using var one = await polls[0];
        using var two = await polls[1];

        var accepted = one.IsSuccessStatusCode ? one : two;
        (one.StatusCode, two.StatusCode).ShouldBeOneOf(
            (HttpStatusCode.OK, HttpStatusCode.BadRequest), (HttpStatusCode.BadRequest, HttpStatusCode.OK));
        (await accepted.Content.ReadAsStringAsync(SocketIOHost.Ct)).ShouldBe("1");
        await client.ShouldBeGoneAsync();
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ProtocolViolated);
    }

    [Fact]
    public async Task A_second_post_closes_the_session()
    {
        await using var host = await SocketIOHost.StartAsync(options => options.MaxInboundEvents = 1);
        var release = new TaskCompletionSource();
        host.Handler.OnEvent = async (_, _, _) => await release.Task;
        var client = await SocketIOPolling.ConnectAsync(host);

        // The first is held by back-pressure: one event runs, one waits, the third has no room.
        var first = client.PostAsync("42[\"a\"]\u001e42[\"b\"]\u001e42[\"c\"]");
        await host.Handler.NextEventAsync();
        using var second = await client.PostAsync("42[\"d\"]");

        second.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await client.ShouldBeGoneAsync();
        release.SetResult();
        (await first).Dispose();
    }

    [Fact]
    public async Task A_poll_that_the_client_cancels_ends_the_session()
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.ConnectAsync(host);
        using (var http = new HttpClient())
        using (var cancel = new CancellationTokenSource())
        {
            var poll = http.GetAsync(new Uri(host.Address, "/socket.io/" + client.Query), cancel.Token);
            await SocketIOHost.UntilAsync(() => host.Server.AnySession(session => session.Polling!.HasPoll));
            await cancel.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(poll);
        }

        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.TransportLost);
    }

    [Fact]
    public async Task A_close_packet_lets_the_open_poll_go_with_a_noop()
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.ConnectAsync(host);
        var poll = client.PollAsync();
        await SocketIOHost.UntilAsync(() => host.Server.AnySession(session => session.Polling!.HasPoll));

        await client.SendAsync("1");

        (await poll).ShouldBe("6");
        (await host.Handler.NextCloseAsync()).ShouldBe(SocketCloseReason.ClientClosed);
        await client.ShouldBeGoneAsync();
    }

    [Fact]
    public async Task A_body_of_octets_is_answered_400()
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.OpenAsync(host);

        using var response = await host.SendAsync(new HttpRequestMessage(HttpMethod.Post, client.Query)
        {
            Content = new ByteArrayContent([4, 1]) { Headers = { ContentType = new("application/octet-stream") } },
        });

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await client.ShouldBeGoneAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_the_limit_is_refused_whether_declared_or_not(bool declared)
    {
        await using var host = await SocketIOHost.StartAsync(options => options.MaxPayloadBytes = 2_000);
        var client = await SocketIOPolling.OpenAsync(host);
        var body = Encoding.UTF8.GetBytes("42[\"" + new string('x', 3_000) + "\"]");

        using var request = new HttpRequestMessage(HttpMethod.Post, client.Query);
        request.Content = declared ? new ByteArrayContent(body) : new StreamContent(new MemoryStream(body));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        request.Headers.TransferEncodingChunked = !declared;
        using var response = await host.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        await client.ShouldBeGoneAsync();
    }

    [Fact]
    public async Task Packets_in_one_body_are_capped()
    {
        await using var host = await SocketIOHost.StartAsync(options => options.MaxPacketsPerPayload = 3);
        var client = await SocketIOPolling.OpenAsync(host);

        await client.SendAsync("3\u001e3\u001e3");
        using var response = await client.PostAsync("3\u001e3\u001e3\u001e3");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_farewell_is_the_last_that_polls_bring()
    {
        await using var host = await SocketIOHost.StartAsync();
        var client = await SocketIOPolling.ConnectAsync(host);
        var connection = await host.Handler.NextConnectedAsync();

        connection.TryEmit(EncodedEvent.Create("last", "1"u8));
        var revoked = SocketCloseReason.Create("revoked", reconnects: false);
        connection.Close(revoked, EncodedEvent.Create("session.ended", "{}"u8));

        (await client.PollAsync()).ShouldBe("42[\"last\",1]\u001e42[\"session.ended\",{}]\u001e41\u001e1");
        await client.ShouldBeGoneAsync();
        await SocketIOHost.Soon(connection.Completion);
        (await host.Handler.NextCloseAsync()).ShouldBe(revoked);
    }
}
