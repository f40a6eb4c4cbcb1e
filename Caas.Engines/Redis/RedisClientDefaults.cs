using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>What both registrations of the client share: its name, and how it behaves where the configuration does not say.</summary>
internal static class RedisClientDefaults
{
    /// <summary>The name of the connection.</summary>
    public const string Name = "redis";

    /// <summary>The configuration key of the connection string, as it is shown to an operator.</summary>
    public const string Key = $"ConnectionStrings:{Name}";

    /// <summary>The section of Aspire's integration.</summary>
    public const string Section = "Aspire:StackExchange:Redis";

    private const int LibraryTimeoutMs = 5000;
    private const int ConnectTimeoutMs = 2000;
    private const int AsyncTimeoutMs = 1000;
    private const int LibraryKeepAliveSeconds = 60;
    private const int KeepAliveSeconds = 5;
    private const int FirstRetryMs = 250;
    private const int LastRetryMs = 2000;

    /// <summary>
    /// A lost connection is taken up again within seconds, nothing queues for it meanwhile, and the client uses no key
    /// and no channel of its own, which an ACL would have to allow. What the configuration changed stays as it is.
    /// </summary>
    public static void Apply(ConfigurationOptions options)
    {
        options.AbortOnConnectFail = false;

        // The examination asks for INFO and CLUSTER INFO, which the client else keeps back; what a user may do is the ACL's.
        options.AllowAdmin = true;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new ExponentialRetry(FirstRetryMs, LastRetryMs);
        options.ConfigurationChannel = string.Empty;
        options.TieBreaker = string.Empty;
        options.ConnectTimeout = options.ConnectTimeout == LibraryTimeoutMs ? ConnectTimeoutMs : options.ConnectTimeout;
        options.AsyncTimeout = options.AsyncTimeout == LibraryTimeoutMs ? AsyncTimeoutMs : options.AsyncTimeout;
        options.KeepAlive = options.KeepAlive == LibraryKeepAliveSeconds ? KeepAliveSeconds : options.KeepAlive;
    }

    /// <summary>The options of a connection string; an <see cref="EngineStartException"/> where it is none.</summary>
    public static ConfigurationOptions Read(string? connectionString)
    {
        try
        {
            var options = string.IsNullOrWhiteSpace(connectionString)
                ? new ConfigurationOptions()
                : ConfigurationOptions.Parse(connectionString);
            return options.EndPoints.Count > 0 ? options : throw new EngineStartException($"{Key} names no server.");
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw Unreadable(e);
        }
    }

    /// <summary>What is told where it cannot be read: without the cause, whose message may repeat the password.</summary>
    public static EngineStartException Unreadable(Exception cause) =>
        new($"{Key} or {Section} cannot be read ({cause.GetType().Name}).");
}
