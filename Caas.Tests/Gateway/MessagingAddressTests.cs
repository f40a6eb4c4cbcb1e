using System.Net;
using System.Net.Sockets;
using Caas.Gateway.Proxy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ServiceDiscovery;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Configuration;

namespace Caas.Tests.Gateway;

/// <summary>Which processes of messaging the gateway knows, where a deployment gives them one name.</summary>
public sealed class MessagingAddressTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly FakeTimeProvider _clock = new();
    private readonly List<string> _asked = [];
    private IPAddress[] _addresses = [IPAddress.Parse("10.0.0.5"), IPAddress.Parse("fd00::6")];

    [Fact]
    public async Task Each_address_of_a_name_is_a_process()
    {
        var found = await ResolveAsync("http://messaging:8080");

        found.Destinations.Values.Select(destination => destination.Address)
            .ShouldBe(["http://10.0.0.5:8080/", "http://[fd00::6]:8080/"]);
    }

    [Fact]
    public async Task A_name_is_asked_again_after_five_seconds()
    {
        var first = await ResolveAsync("http://messaging:8080");
        first.ChangeToken!.HasChanged.ShouldBeFalse();

        _clock.Advance(TimeSpan.FromSeconds(5));
        first.ChangeToken.HasChanged.ShouldBeTrue();
        _addresses = [IPAddress.Parse("10.0.0.7")];

        (await ResolveAsync("http://messaging:8080")).Destinations.Keys.ShouldBe(["http://10.0.0.7:8080/"]);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/")]
    [InlineData("http://localhost:8080/")]
    public async Task An_address_and_a_name_of_this_machine_are_one_process(string address)
    {
        var found = await ResolveAsync(address);

        found.Destinations.Keys.ShouldBe([address]);
        _asked.ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromMinutes(1));
        found.ChangeToken!.HasChanged.ShouldBeFalse();
    }

    [Fact]
    public async Task A_name_with_a_certificate_stays_a_name()
    {
        var address = new Uri("https://messaging:8443");

        (await new ProcessAddresses(LookUpAsync).FindAsync(address, Cancellation)).ShouldBe([address]);
        _asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_that_nobody_knows_now_stays_and_is_asked_again()
    {
        _addresses = [];
        var found = await ResolveAsync("http://messaging:8080");

        found.Destinations.Keys.ShouldBe(["http://messaging:8080/"]);
        _clock.Advance(TimeSpan.FromSeconds(5));
        found.ChangeToken!.HasChanged.ShouldBeTrue();
    }

    private async Task<Yarp.ReverseProxy.ServiceDiscovery.ResolvedDestinationCollection> ResolveAsync(string address)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([new("services:messaging:http:0", address)])
            .Build());
        services.AddLogging().AddServiceDiscovery();
        await using var provider = services.BuildServiceProvider();
        var destinations = new DiscoveredDestinations(
            provider.GetRequiredService<ServiceEndpointResolver>(), new ProcessAddresses(LookUpAsync), _clock);
        return await destinations.ResolveDestinationsAsync(
            new Dictionary<string, DestinationConfig>(StringComparer.Ordinal) { ["messaging"] = new() { Address = "http://messaging" } },
            Cancellation);
    }

    private Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        _asked.Add(host);
        return _addresses.Length == 0
            ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound))
            : Task.FromResult(_addresses);
    }
}
