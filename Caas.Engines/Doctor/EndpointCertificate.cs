using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caas.Engines.Doctor;

/// <summary>Whether certificates last.</summary>
internal static class EndpointCertificate
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);
    private static readonly TimeSpan TooSoon = TimeSpan.FromDays(7);

    /// <summary>Of what a server shows to whoever begins TLS with it.</summary>
    public static async Task<Finding> OfServerAsync(
        Examination examination, DnsEndPoint server, TimeProvider clock, CancellationToken cancellationToken)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"{server.Host}:{server.Port}, certificate");
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return End(subject, await examination.CertificateEnd(server, either.Token).ConfigureAwait(false), clock);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && failure is IOException or OperationCanceledException)
        {
            return Finding.Error(
                subject,
                $"none was shown ({(failure.InnerException ?? failure).GetType().Name})",
                "TLS, as the configuration says",
                "Look at the server's TLS settings and its log.");
        }
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
