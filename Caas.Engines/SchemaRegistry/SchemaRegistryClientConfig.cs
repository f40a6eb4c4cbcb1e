using Confluent.SchemaRegistry;

namespace Caas.Engines.SchemaRegistry;

/// <summary>How the registry's client is made.</summary>
internal static class SchemaRegistryClientConfig
{
    /// <summary>The connection string's name.</summary>
    public const string ConnectionName = "schemaregistry";

    /// <summary>The client's settings.</summary>
    public static SchemaRegistryConfig Of(string? addresses, SchemaRegistryClientOptions options)
    {
        var config = new SchemaRegistryConfig
        {
            Url = addresses,
            RequestTimeoutMs = (int)options.RequestTimeout.TotalMilliseconds,

            // Of this client, the number of tries: with 0 it asks nobody and fails by a null reference.
            MaxRetries = options.MaxRetries + 1,
            MaxCachedSchemas = options.MaxCachedSchemas,
            EnableSslCertificateVerification = true,
        };
        if (options.Username is not null)
        {
            config.BasicAuthCredentialsSource = AuthCredentialsSource.UserInfo;
            config.BasicAuthUserInfo = $"{options.Username}:{options.Password}";
        }

        if (options.CaLocation is not null)
        {
            config.SslCaLocation = options.CaLocation;
        }

        if (options.ClientCertificateLocation is not null)
        {
            config.SslKeystoreLocation = options.ClientCertificateLocation;
            config.SslKeystorePassword = options.ClientCertificatePassword ?? string.Empty;
        }

        return config;
    }

    /// <summary>What is wrong with the addresses; null where nothing is. Quotes none of them.</summary>
    public static string? FindFault(string? addresses) =>
        string.IsNullOrWhiteSpace(addresses) ? $"ConnectionStrings:{ConnectionName} is missing: the address of the schema registry."
        : Array.TrueForAll(addresses.Split(',', StringSplitOptions.TrimEntries), IsAddress) ? null
        : $"ConnectionStrings:{ConnectionName} is not one or more absolute http or https addresses without credentials, joined by commas.";

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0;
}
