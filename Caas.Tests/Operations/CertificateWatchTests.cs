using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Caas.ServiceDefaults.Certificates;
using Caas.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Caas.Tests.Operations;

public sealed class CertificateWatchTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterReadings _readings;
    private readonly CertificateMetrics _metrics;

    public CertificateWatchTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _metrics = new CertificateMetrics(meters, TimeProvider.System);
        _readings = new MeterReadings(meters);
    }

    public void Dispose()
    {
        _readings.Dispose();
        _services.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_of_a_certificate_is_shown_whoever_signed_it_also_where_ours_is_wanted(bool wantsOurs)
    {
        using var certificate = new TestCertificate();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeAsync(listener, certificate, wantsOurs);
        var server = $"localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";

        await LookAsync(server);
        await served;

        // It was made for two days, yesterday.
        _readings.Now("caas.certificate.remaining", $"server={server}")
            .ShouldBeInRange(TimeSpan.FromHours(23).TotalSeconds, TimeSpan.FromHours(25).TotalSeconds);
        _readings.Of("caas.certificate.failures").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_does_not_listen_and_one_that_says_nothing_are_counted()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var gone = $"127.0.0.1:{FreePort.Next()}";
        var mute = $"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";

        await LookAsync(gone, mute);

        _readings.Of("caas.certificate.failures", $"server={gone}").ShouldBe([1]);
        _readings.Of("caas.certificate.failures", $"server={mute}").ShouldBe([1]);
    }

    [Theory]
    [InlineData("chat.example.com:443", true)]
    [InlineData("10.0.0.1:6379", true)]
    [InlineData("[::1]:6379", true)]
    [InlineData("chat.example.com", false)]
    [InlineData("https://chat.example.com:443", false)]
    [InlineData("chat.example.com:443/path", false)]
    [InlineData("chat.example.com:99999", false)]
    [InlineData("", false)]
    public void A_server_is_a_host_and_a_port(string text, bool isServer)
    {
        var options = new CertificateOptions { Servers = { text } };

        options.Validate().ShouldBe(isServer
            ? []
            : ["Caas:Certificates:Servers:0: must be host:port, such as chat.example.com:443."]);
    }

    [Fact]
    public async Task A_start_with_a_server_that_is_none_ends_with_its_key()
    {
        using var folder = new TemporaryFolder();
        await using var caas = CaasProcess.Launch(folder.Path, "--Caas:Certificates:Servers:0", "chat.example.com");

        (await caas.WaitForExitAsync()).ShouldBe(2);
        caas.Output.ShouldContain("Caas:Certificates:Servers:0: must be host:port, such as chat.example.com:443.", StringComparer.Ordinal);
    }

    private async Task LookAsync(params string[] servers)
    {
        var options = new CertificateOptions { Timeout = TimeSpan.FromSeconds(2) };
        foreach (var server in servers)
        {
            options.Servers.Add(server);
        }

        using var watch = new CertificateWatch(
            Options.Create(options), _metrics, TimeProvider.System, NullLogger<CertificateWatch>.Instance);
        await watch.LookAsync(SocketIOHost.Ct);
    }

    private static async Task ServeAsync(TcpListener listener, TestCertificate files, bool wantsOurs)
    {
        using var pem = X509Certificate2.CreateFromPemFile(files.CertificatePath, files.KeyPath);
        using var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        using var client = await listener.AcceptTcpClientAsync(SocketIOHost.Ct);
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate, ClientCertificateRequired = wantsOurs },
                SocketIOHost.Ct);
        }
        catch (Exception refusal) when (wantsOurs && refusal is AuthenticationException or IOException)
        {
            // As a server does that is shown no certificate.
        }
    }
}
