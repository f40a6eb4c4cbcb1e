using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <summary>
/// Looks at Redis before the first use. A Redis that cannot be reached now ends no start: nothing durable is in it, and
/// every port goes on without it. One that refuses this deployment, or is too old, does.
/// </summary>
internal sealed class RedisStart(IConnectionMultiplexer redis, TimeProvider clock, ILogger<RedisStart> logger) : IEngineStart
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    // Sharded pub/sub came with it.
    private static readonly Version Oldest = new(7, 0);

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        // The client says so once for each of its tries; a command may only hear that there is no connection.
        var isRefused = false;
        void Look(object? sender, ConnectionFailedEventArgs failed) =>
            isRefused |= failed.FailureType == ConnectionFailureType.AuthenticationFailure || IsRefusal(failed.Exception);
        redis.ConnectionFailed += Look;
        try
        {
            if (await FindFaultAsync(() => Volatile.Read(ref isRefused), cancellationToken).ConfigureAwait(false) is { } fault)
            {
                RedisMessages.NotReached(logger, fault);
                return;
            }
        }
        finally
        {
            redis.ConnectionFailed -= Look;
        }

        if (redis.GetServers().FirstOrDefault(static server => server.IsConnected && server.Version < Oldest) is { } old)
        {
            throw new EngineStartException($"{RedisClientDefaults.Key}: Redis is {old.Version}; it has to be {Oldest} or newer.");
        }
    }

    // Null as soon as Redis answers; what the last try said where it does not within the patience.
    [SuppressMessage("Design", "CA1031", Justification = "Whatever the client throws, Redis cannot be reached.")]
    private async Task<Exception?> FindFaultAsync(Func<bool> isRefused, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        using var retry = new PeriodicTimer(RetryInterval, clock);
        while (true)
        {
            try
            {
                await redis.GetDatabase().PingAsync().WaitAsync(Patience, clock, cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (Exception e) when (isRefused() || IsRefusal(e))
            {
                throw new EngineStartException($"{RedisClientDefaults.Key}: Redis refuses the user or the password.", e);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (clock.GetElapsedTime(began) >= Patience)
                {
                    return e;
                }
            }

            await retry.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsRefusal(Exception? exception) => exception is not null
        && (exception is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
            || IsRefusal(exception.InnerException));
}
