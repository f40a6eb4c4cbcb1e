using Caas.Domain.Events;
using Caas.Tests.Contracts;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.Kafka;

/// <summary>On the mock cluster.</summary>
public sealed class MockKafkaContractTests : EventStreamContract
{
    private readonly MockKafka _mock = TestKafka.Start();
    private KafkaFixture? _engine;

    protected override ValueTask<IEventStream> StartAsync()
    {
        _engine = KafkaFixture.Open(_mock.Bootstrap);
        return ValueTask.FromResult<IEventStream>(new MockTopicStream(_engine.Stream, _mock));
    }

    protected override async ValueTask<IEventStream> RestartAsync()
    {
        await _engine!.DisposeAsync();
        return await StartAsync();
    }

    protected override async ValueTask StopAsync()
    {
        await _engine!.DisposeAsync();
        _mock.Dispose();
    }
}

/// <summary>On the cluster that <c>CAAS_TEST_KAFKA</c> names by its bootstrap servers; its topics are this run's own.</summary>
public sealed class RealKafkaContractTests : EventStreamContract
{
    private readonly string _prefix = $"caas-test-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}-";
    private KafkaFixture? _engine;

    protected override ValueTask<IEventStream> StartAsync()
    {
        var bootstrap = Environment.GetEnvironmentVariable("CAAS_TEST_KAFKA");
        Assert.SkipWhen(string.IsNullOrEmpty(bootstrap), "CAAS_TEST_KAFKA names no Kafka cluster.");
        var single = bootstrap.Split(',').Length < 3;
        _engine = KafkaFixture.Build(
            ("ConnectionStrings:kafka", bootstrap),
            ("Caas:Kafka:Prefix", _prefix),
            ("Caas:Kafka:SessionTimeout", "00:00:06"),
            ("Caas:Kafka:ReplicationFactor", single ? "1" : "3"),
            ("Caas:Kafka:MinInSyncReplicas", single ? "1" : "2"));
        return ValueTask.FromResult<IEventStream>(_engine.Stream);
    }

    protected override async ValueTask<IEventStream> RestartAsync()
    {
        await _engine!.DisposeAsync();
        return await StartAsync();
    }

    protected override ValueTask StopAsync() => _engine?.DisposeAsync() ?? ValueTask.CompletedTask;
}
