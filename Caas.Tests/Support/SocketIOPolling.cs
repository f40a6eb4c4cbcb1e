using System.Net;
using System.Text;
using System.Text.Json;

namespace Caas.Tests.Support;

/// <summary>A long-polling client at the level of requests.</summary>
public sealed class SocketIOPolling
{
    private readonly SocketIOHost _host;

    private SocketIOPolling(SocketIOHost host, string sid)
    {
        _host = host;
        Sid = sid;
    }

    public string Sid { get; }

    public string Query => $"?EIO=4&transport=polling&sid={Sid}";

    public static async Task<SocketIOPolling> OpenAsync(SocketIOHost host)
    {
        var open = await host.GetTextAsync("?EIO=4&transport=polling");
        open.ShouldStartWith("0");
        return new SocketIOPolling(host, JsonDocument.Parse(open[1..]).RootElement.GetProperty("sid").GetString()!);
    }

    public static async Task<SocketIOPolling> ConnectAsync(SocketIOHost host)
    {
        var client = await OpenAsync(host);
        await client.SendAsync("40");
        (await client.PollAsync()).ShouldStartWith("40{");
        return client;
    }

    public Task<HttpResponseMessage> GetAsync() => _host.GetAsync(Query);

    public async Task<string> PollAsync()
    {
        using var response = await GetAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync(SocketIOHost.Ct);
    }

    public Task<HttpResponseMessage> PostAsync(string body) =>
        _host.SendAsync(new HttpRequestMessage(HttpMethod.Post, Query)
        {
            Content = new StringContent(body, Encoding.UTF8, "text/plain"),
        });

    public async Task SendAsync(string body)
    {
        using var response = await PostAsync(body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(SocketIOHost.Ct)).ShouldBe("ok");
    }

    /// <summary>That the session is gone, as the protocol's own test suite asks it.</summary>
    public async Task ShouldBeGoneAsync()
    {
        using var response = await GetAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
