using Caas.Engines;
using Caas.Engines.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Tests.Engines.Kafka;

/// <summary>What the engine says of its cluster at start and to probes.</summary>
public sealed class KafkaStartTests : MockKafkaTests
{
    [Fact]
    public async Task Health_follows_the_cluster()
    {
        var engine = Open(("Caas:Kafka:RequestTimeout", "00:00:01"));
        var health = new KafkaHealth(engine.Get<KafkaAdmin>(), engine.Get<KafkaTopics>());
        (await StatusAsync(health)).ShouldBe(HealthStatus.Healthy);

        Mock.Stop();
        (await StatusAsync(health)).ShouldBe(HealthStatus.Unhealthy);

        Mock.Resume();
        while (await StatusAsync(health) is not HealthStatus.Healthy)
        {
            Guard.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task The_start_asks_the_cluster() => await Open().Get<IEngineStart>().OpenAsync(Guard);

    [Fact]
    public async Task Topics_that_are_missing_and_not_to_be_created_end_the_start()
    {
        var engine = Open(("Caas:Kafka:CheckTopics", "true"), ("Caas:Kafka:Prefix", "none-"));

        var failure = await Should.ThrowAsync<EngineStartException>(engine.Get<IEngineStart>().OpenAsync(Guard));

        failure.Message.ShouldStartWith(
            "Kafka: topic none-platform.events is missing and is not to be created (Caas:Kafka:CreateTopics); topic none-platform.audit");
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_ends_the_start()
    {
        var engine = OpenAt(
            "127.0.0.1:1", ("Caas:Kafka:StartTimeout", "00:00:02"), ("Caas:Kafka:RequestTimeout", "00:00:01"));

        var failure = await Should.ThrowAsync<EngineStartException>(engine.Get<IEngineStart>().OpenAsync(Guard));

        failure.Message.ShouldStartWith("ConnectionStrings:kafka: the cluster did not answer within 00:00:02: ");
        engine.LogIds.ShouldContain(7114);
    }

    private async Task<HealthStatus> StatusAsync(KafkaHealth check) =>
        (await check.CheckHealthAsync(new HealthCheckContext(), Guard)).Status;
}
