using Caas.Domain.Events;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Engines.Kafka;

/// <summary>Asked by <c>/health</c>: whether the cluster answers, and each partition of the events has a leader.</summary>
internal sealed class KafkaHealth(KafkaAdmin admin, KafkaTopics names) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var topics = await admin.DescribeAsync([names.InKafka(Topics.Events)], cancellationToken).ConfigureAwait(false);
            return topics.SelectMany(static topic => topic.Partitions).Any(static partition => partition.Leader is null)
                ? HealthCheckResult.Unhealthy("A partition of the event stream has no leader.")
                : HealthCheckResult.Healthy();
        }
        catch (IOException failure)
        {
            return HealthCheckResult.Unhealthy("The event stream does not answer.", failure);
        }
    }
}
