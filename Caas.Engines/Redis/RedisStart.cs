using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>
/// Looks at Redis before the first use. A Redis that cannot be reached now ends no start: nothing durable is in it, and
/// every port goes on without it. One that is too old does, and one that refuses the password, where the client says so:
/// of some tries it only says that there is no connection.
/// </summary>
internal sealed class RedisStart(IConnectionMultiplexer redis, ILogger<RedisStart> logger) : IEngineStart
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Sharded pub/sub came with it.</summary>
    internal static Version Oldest { get; } = new(7, 0);

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await redis.GetDatabase().PingAsync().WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw new EngineStartException($"{RedisClientDefaults.Key}: Redis refuses the user or the password.", e);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            RedisMessages.NotReached(logger, e);
            return;
        }

        if (redis.GetServers().FirstOrDefault(static server => server.IsConnected && server.Version < Oldest) is { } old)
        {
            throw new EngineStartException($"{RedisClientDefaults.Key}: Redis is {old.Version}; it has to be {Oldest} or newer.");
        }
    }

    /// <summary>Whether the client says that user or password were refused.</summary>
    internal static bool IsRefusal(Exception exception) =>
        exception is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
        || (exception.InnerException is { } inner && IsRefusal(inner));
}
