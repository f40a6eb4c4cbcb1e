using Caas.Engines.Doctor;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Doctor;

/// <summary>Whether a password is asked for, and whether others can listen, by what the connection says.</summary>
internal static class MongoAccess
{
    /// <param name="settings">How the deployment is reached.</param>
    /// <param name="key">Where that stands.</param>
    public static IEnumerable<Finding> Find(MongoClientSettings settings, string key)
    {
        var isHere = settings.Servers.All(static server => Loopback.IsHost(server.Host));
        yield return Finding.Of(
            settings.Credential is not null,
            "access",
            settings.Credential is null ? "anybody is let in" : "with a user and a password",
            isHere ? Severity.Warning : Severity.Error,
            "a user with a password",
            $"Start the members with authorization and a keyFile, make a user for CaaS, and name it in {key}.");
        yield return Finding.Of(
            settings.UseTls || isHere,
            "TLS",
            settings.UseTls ? "on" : "plain text",
            Severity.Warning,
            "TLS, where others share the network",
            $"Give the members certificates (net.tls), and add tls=true to {key}.");
    }
}
