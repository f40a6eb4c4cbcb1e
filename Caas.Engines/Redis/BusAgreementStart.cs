namespace Caas.Engines.Redis;

/// <summary>Lets no node start that divides the realtime bus otherwise than those that run.</summary>
internal sealed class BusAgreementStart(RedisRealtimeBus bus, RedisOptions options) : IEngineStart
{
    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (await bus.FindOtherShardsAsync(cancellationToken).ConfigureAwait(false) is > 0 and var other)
        {
            throw new EngineStartException(
                $"{RedisOptions.Section}:{nameof(RedisOptions.BusShards)}: the nodes that run have {other} shards of the realtime bus, this one"
                + $" {options.BusShards}. Give it their number, or stop all of them for {BusAgreement.Lasts.TotalSeconds:F0} seconds to choose another.");
        }
    }
}
