using Microsoft.Extensions.Logging;

namespace Caas.Engines.Kafka;

/// <inheritdoc/>
/// <remarks>Waits for a cluster that does not answer yet, up to <see cref="KafkaOptions.StartTimeout"/>.</remarks>
internal sealed class KafkaStart(
    KafkaClientConfigs configs, TopicKeeper topics, KafkaOptions options, TimeProvider clock, ILogger<KafkaEventStream> logger)
    : IEngineStart
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (configs.Fault is { } fault)
        {
            throw new EngineStartException(fault);
        }

        if (await CheckAsync(cancellationToken).ConfigureAwait(false) is { Count: > 0 } faults)
        {
            throw new EngineStartException($"Kafka: {string.Join("; ", faults)}.");
        }
    }

    private async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await topics.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (IOException failure) when (clock.GetElapsedTime(began) < options.StartTimeout)
            {
                KafkaLog.StartWaits(logger, failure.Message);
            }
            catch (IOException failure)
            {
                throw new EngineStartException(
                    $"ConnectionStrings:{KafkaTopics.ConnectionName}: the cluster did not answer within {options.StartTimeout:c}: {failure.Message}",
                    failure);
            }

            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }
}
