using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Caas.ServiceDefaults.Certificates;

/// <summary>Asks a server for the certificate that it shows, by the beginning of a TLS handshake.</summary>
public static class ServedCertificate
{
    /// <summary>
    /// When the certificate ends. Whoever signed it: that it is trusted is what those find out who talk to the server. A
    /// handshake that fails after the certificate was shown, because the server wants one of ours, is no failure here.
    /// </summary>
    /// <exception cref="IOException">The server showed none.</exception>
    public static async Task<DateTimeOffset> ReadEndAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        DateTimeOffset? end = null;
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.Host, server.Port, cancellationToken);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = server.Host,
#pragma warning disable CA5359 // Nothing is sent and nothing believed: only the end is read.
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        end = EndOf(certificate);
                        return true;
                    },
#pragma warning restore CA5359
                },
                cancellationToken);
        }
        catch (OperationCanceledException) when (end is not null)
        {
            // A server that waits for one of ours, after it has shown its own.
        }
        catch (Exception exception) when (exception is SocketException or AuthenticationException or IOException)
        {
            return end ?? throw new IOException("The server showed no certificate.", exception);
        }

        return end ?? throw new IOException("The server showed no certificate.");
    }

    private static DateTimeOffset? EndOf(X509Certificate? certificate)
    {
        if (certificate is null)
        {
            return null;
        }

        using var read = new X509Certificate2(certificate);
        return new DateTimeOffset(read.NotAfter).ToUniversalTime();
    }
}
