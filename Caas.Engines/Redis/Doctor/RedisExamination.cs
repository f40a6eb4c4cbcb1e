using System.Runtime.CompilerServices;
using Caas.Engines.Doctor;
using StackExchange.Redis;

namespace Caas.Engines.Redis.Doctor;

/// <inheritdoc/>
/// <remarks>
/// Nothing durable is in Redis, so that no setting of it can lose a message: what is wrong here costs limits, presence and
/// the speed of delivery. Asks no more than what <see cref="RedisScripts.Permissions"/> allow, but for <c>CONFIG GET</c>,
/// without which one finding is left out.
/// </remarks>
internal sealed class RedisExamination(Func<IConnectionMultiplexer> connect, TimeProvider clock) : IExamination
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Of => "redis";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Finding> ExamineAsync(
        Examination examination, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var redis = connect();
        var reached = await ReachAsync(redis, cancellationToken).ConfigureAwait(false);
        yield return reached;
        if (reached.Severity is Severity.Error)
        {
            yield break;
        }

        var options = ConfigurationOptions.Parse(redis.Configuration);
        yield return await RedisAccess.FindOpenDoorAsync(options, cancellationToken).ConfigureAwait(false);
        foreach (var server in redis.GetServers())
        {
            foreach (var finding in await RedisServerFindings.ReadAsync(server, examination, clock, cancellationToken).ConfigureAwait(false))
            {
                yield return finding;
            }

            foreach (var finding in await RedisAccess.FindTlsAsync(options, server.EndPoint, examination, clock, cancellationToken).ConfigureAwait(false))
            {
                yield return finding;
            }
        }

        foreach (var finding in await RedisClusterFindings.ReadAsync(redis, examination, cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }
    }

    private static async Task<Finding> ReachAsync(IConnectionMultiplexer redis, CancellationToken cancellationToken)
    {
        try
        {
            await redis.GetDatabase().PingAsync().WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
            return Finding.Ok("reached", "it answers");
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            // The client often says of a refused password, too, only that there is no connection.
            return RedisStart.IsRefusal(failure)
                ? Finding.Error(
                    "reached", "it refuses the user or the password", "to be let in", $"Correct user and password in {RedisClientDefaults.Key}.")
                : Finding.Error(
                    "reached",
                    "no server answers, or lets this user in",
                    "an answer",
                    $"Start Redis; compare address, TLS, user and password in {RedisClientDefaults.Key} with its own.");
        }
    }
}
