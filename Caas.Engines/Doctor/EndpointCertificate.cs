using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caas.Engines.Doctor;

/// <summary>When certificates end. Whether one is trusted is for the engine's own client to say, which uses it.</summary>
internal static class EndpointCertificate
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);
    private static readonly TimeSpan TooSoon = TimeSpan.FromDays(7);

    /// <summary>Of what a server shows to whoever begins TLS with it.</summary>
    public static async Task<Finding> OfServerAsync(string host, int port, TimeProvider clock, CancellationToken cancellationToken)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"{host}:{port}, certificate");
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        DateTimeOffset? ends = null;
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(host, port, either.Token).ConfigureAwait(false);
            using var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(Options(host, shown => ends = shown), either.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (ends is null && !cancellationToken.IsCancellationRequested
            && failure is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            return Finding.Error(
                subject, $"none was shown ({failure.GetType().Name})", "TLS, as the configuration says", "Look at the server's TLS settings and its log.");
        }
        catch (Exception failure) when (ends is not null && !cancellationToken.IsCancellationRequested
            && failure is IOException or AuthenticationException or OperationCanceledException)
        {
            // A server that asks for our certificate ends here, after it has shown its own.
        }

        return ends is { } end ? End(subject, end, clock) : Finding.Error(subject, "none was shown", "one", "Look at the server's TLS settings.");
    }

    /// <summary>Of one in a file of ours, which we show.</summary>
    public static Finding OfFile(string key, string path, string? password, TimeProvider clock)
    {
        try
        {
            using var certificate = Path.GetExtension(path) is ".p12" or ".pfx"
                ? X509CertificateLoader.LoadPkcs12FromFile(path, password)
                : X509CertificateLoader.LoadCertificateFromFile(path);
            return End($"{key}, certificate", EndOf(certificate), clock);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return Finding.Error(
                $"{key}, certificate", $"cannot be read ({failure.GetType().Name})", "a file that this user can read", "Put the file there, or correct the key.");
        }
    }

    // Nothing is said over it: it is shown to everybody, whoever it belongs to.
#pragma warning disable CA5359 // Trust is the engine's client's to decide; this only reads a date.
    private static SslClientAuthenticationOptions Options(string host, Action<DateTimeOffset> shown) => new()
    {
        TargetHost = host,
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            if (certificate is X509Certificate2 found)
            {
                shown(EndOf(found));
            }

            return true;
        },
    };
#pragma warning restore CA5359

    private static DateTimeOffset EndOf(X509Certificate2 certificate) => new(certificate.NotAfter);

    private static Finding End(string subject, DateTimeOffset end, TimeProvider clock)
    {
        var left = end - clock.GetUtcNow();
        return Finding.Of(
            left > Soon,
            subject,
            string.Create(CultureInfo.InvariantCulture, $"until {end:yyyy-MM-dd}"),
            left > TooSoon ? Severity.Warning : Severity.Error,
            "more than 30 days left",
            "Renew it, and see why that does not happen by itself.");
    }
}
