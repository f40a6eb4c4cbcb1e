using System.Globalization;
using System.Net;
using Caas.Engines.Doctor;
using StackExchange.Redis;

namespace Caas.Engines.Redis.Doctor;

/// <summary>Who is let in, and whether others can listen.</summary>
internal static class RedisAccess
{
    private const int ConnectTimeoutMs = 2000;

    /// <summary>Tries the door without a key: nobody may come in.</summary>
    public static async Task<Finding> FindOpenDoorAsync(ConfigurationOptions configured, CancellationToken cancellationToken)
    {
        var nobody = configured.Clone();
        (nobody.User, nobody.Password) = (null, null);
        (nobody.AbortOnConnectFail, nobody.ConnectTimeout, nobody.ConnectRetry) = (true, ConnectTimeoutMs, 0);
        if (!await IsLetInAsync(nobody, cancellationToken).ConfigureAwait(false))
        {
            return Finding.Ok("access", "nobody is let in without a password");
        }

        return configured.EndPoints.All(IsHere)
            ? Finding.Warning("access", "anybody on this machine is let in without a password", "a user with a password", Cure)
            : Finding.Error("access", "anybody is let in without a password", "a user with a password", Cure);
    }

    /// <summary>Whether what is said to a server is encrypted, and how long its certificate lasts.</summary>
    public static async Task<IReadOnlyList<Finding>> FindTlsAsync(
        ConfigurationOptions configured, EndPoint server, Examination examination, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (host, port) = server switch
        {
            DnsEndPoint name => (name.Host, name.Port),
            IPEndPoint address => (address.Address.ToString(), address.Port),
            _ => (string.Empty, 0),
        };
        if (port == 0)
        {
            // A Unix socket.
            return [];
        }

        if (configured.Ssl)
        {
            return [await EndpointCertificate.OfServerAsync(examination, new(host, port), clock, cancellationToken).ConfigureAwait(false)];
        }

        var subject = string.Create(CultureInfo.InvariantCulture, $"{host}:{port}, TLS");
        return
        [
            Finding.Of(
                Loopback.IsHost(host),
                subject,
                "plain text",
                Severity.Warning,
                "TLS, where others share the network",
                $"Give the server a certificate (tls-port), and add ssl=true to {RedisClientDefaults.Key}."),
        ];
    }

    private static string Cure =>
        "Make a user for CaaS (ACL SETUSER; what it needs is in docs/configuration.md) and switch the default one off "
        + $"(ACL SETUSER default off); then name the user in {RedisClientDefaults.Key}.";

    private static bool IsHere(EndPoint server) => server switch
    {
        DnsEndPoint name => Loopback.IsHost(name.Host),
        IPEndPoint address => IPAddress.IsLoopback(address.Address),
        _ => true,
    };

    private static async Task<bool> IsLetInAsync(ConfigurationOptions nobody, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(nobody).WaitAsync(cancellationToken).ConfigureAwait(false);
            await connection.GetDatabase().PingAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception refused) when (refused is RedisException or TimeoutException)
        {
            return false;
        }
    }
}
