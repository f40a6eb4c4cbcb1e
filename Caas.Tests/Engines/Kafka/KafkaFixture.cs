using Caas.Domain.Events;
using Caas.Engines.Kafka;
using Caas.Tests.Engines.LocalLog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Engines.Kafka;

/// <summary>One process's engine, registered as a host registers it.</summary>
internal sealed class KafkaFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private KafkaFixture(ServiceProvider services) => _services = services;

    public KafkaEventStream Stream => Get<KafkaEventStream>();

    public IEnumerable<int> LogIds => ((RecordingLogger<KafkaEventStream>)Get<ILogger<KafkaEventStream>>()).Entries.Select(static entry => entry.Id);

    /// <summary>Over a mock cluster: topics are made by the test, nothing is checked, sessions are short.</summary>
    public static KafkaFixture Open(string bootstrap, params (string Key, string Value)[] settings) => Build(
    [
        ("ConnectionStrings:kafka", bootstrap),
        ("Caas:Kafka:CreateTopics", "false"),
        ("Caas:Kafka:CheckTopics", "false"),

        // Below what a broker allows: the mock waits for a session at each rebalance.
        ("Caas:Kafka:SessionTimeout", "00:00:02"),
        .. settings,
    ]);

    /// <summary>With these settings alone.</summary>
    public static KafkaFixture Build(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.AddKafkaClient().Services.AddKafkaEvents();
        builder.Services.AddLogging();
        builder.Services.AddSingleton<ILogger<KafkaEventStream>, RecordingLogger<KafkaEventStream>>();
        return new KafkaFixture(builder.Services.BuildServiceProvider());
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task<KafkaSubscription> JoinAsync(string topic, string group, CancellationToken cancellationToken) =>
        (KafkaSubscription)await Stream.SubscribeAsync(topic, group, cancellationToken);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>
/// The mock cluster makes no topics for an administrator, and none for a consumer: this makes them before their first use,
/// as the engine does on a real cluster.
/// </summary>
internal sealed class MockTopicStream(KafkaEventStream stream, Support.MockKafka mock) : IEventStream, IStreamStatus
{
    public ValueTask AppendAsync(string topic, IReadOnlyList<StreamRecord> records, CancellationToken cancellationToken)
    {
        mock.CreateTopic(topic);
        return stream.AppendAsync(topic, records, cancellationToken);
    }

    public ValueTask<IStreamSubscription> SubscribeAsync(string topic, string group, CancellationToken cancellationToken)
    {
        mock.CreateTopic(topic);
        return stream.SubscribeAsync(topic, group, cancellationToken);
    }

    public ValueTask<IReadOnlyList<GroupLag>> ReadLagAsync(CancellationToken cancellationToken) =>
        stream.ReadLagAsync(cancellationToken);
}
