namespace Caas.Tests.Gateway;

/// <summary>The address of a request is its connection's, unless a configured proxy says otherwise (ASVS 5.0, 4.1.3).</summary>
public sealed class ForwardedHeaderTests
{
    [Fact]
    public async Task A_stranger_cannot_choose_the_address_that_is_counted()
    {
        await using var host = await GatewayHost.StartAsync(clock: null, "--Caas:Limits:PerIpPerMinute", "3");

        (await StatusesAsync(host)).ShouldBe([401, 401, 401, 429, 429]);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    public async Task A_configured_proxy_says_for_whom_it_asks(string proxy)
    {
        await using var host = await GatewayHost.StartAsync(
            clock: null, "--Caas:Limits:PerIpPerMinute", "3", "--Caas:Http:KnownProxies:0", proxy);

        (await StatusesAsync(host)).ShouldBe([401, 401, 401, 401, 401]);
    }

    [Fact]
    public async Task Another_machines_proxy_is_none_of_ours()
    {
        await using var host = await GatewayHost.StartAsync(
            clock: null, "--Caas:Limits:PerIpPerMinute", "3", "--Caas:Http:KnownProxies:0", "192.0.2.1");

        (await StatusesAsync(host)).ShouldBe([401, 401, 401, 429, 429]);
    }

    [Fact]
    public void A_proxy_that_is_no_address_is_named_at_start()
    {
        var options = new Http.Limits.ProxyOptions();
        options.KnownProxies.Add("proxy.internal");

        options.Validate().Single().ShouldStartWith("Caas:Http:KnownProxies: proxy.internal");
    }

    // Five requests, each of which says that it comes from somewhere else.
    private static async Task<List<int>> StatusesAsync(GatewayHost host)
    {
        var statuses = new List<int>();
        for (var i = 1; i <= 5; i++)
        {
            statuses.Add((await host.GetAsync("/api/users", credential: null, ("X-Forwarded-For", $"203.0.113.{i}"))).Status);
        }

        return statuses;
    }
}
