using System.Globalization;
using System.Text;
using Caas.Domain.Events;
using Caas.Engines.Kafka;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.Kafka;

/// <summary>A mock cluster of the test's own, and processes over it.</summary>
public abstract class MockKafkaTests : IAsyncDisposable
{
    protected const string Topic = "t";
    protected const string Group = "g";

    private readonly CancellationTokenSource _guard = new(TimeSpan.FromSeconds(90));
    private readonly List<KafkaFixture> _engines = [];

    protected CancellationToken Guard => _guard.Token;

    private protected MockKafka Mock { get; } = TestKafka.Start();

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }

        Mock.Dispose();
        _guard.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>One more process.</summary>
    private protected KafkaFixture Open(params (string, string)[] settings) => OpenAt(Mock.Bootstrap, settings);

    private protected KafkaFixture OpenAt(string bootstrap, params (string, string)[] settings)
    {
        var engine = KafkaFixture.Open(bootstrap, settings);
        _engines.Add(engine);
        return engine;
    }

    /// <summary>One record of this number; all of them have one key.</summary>
    private protected Task AppendAsync(KafkaFixture engine, int number) =>
        engine.Stream.AppendAsync(Topic, [Record("one key", number)], Guard).AsTask();

    /// <summary>Numbered records, each with a key of its own.</summary>
    private protected async Task AppendAsync(KafkaFixture engine, int first, int count) => await engine.Stream.AppendAsync(
        Topic, [.. Enumerable.Range(first, count).Select(static number => Record($"key-{number}", number))], Guard);

    private protected async Task<List<int>> ReadAsync(KafkaSubscription member, int count, Action<List<int>>? check = null)
    {
        var numbers = new List<int>();
        while (numbers.Count < count)
        {
            numbers.AddRange((await member.ReadAsync(Guard)).Records.Select(Number));
            check?.Invoke(numbers);
        }

        return numbers;
    }

    /// <summary>Asks until a group has committed this: a thread of the client's sends it, for which there is no event.</summary>
    private protected async Task CommittedAsync(KafkaFixture engine, long offset)
    {
        var admin = engine.Get<KafkaAdmin>();
        while ((await admin.ReadCommittedAsync(Group, [new(Topic, 0)], Guard)).Values.SingleOrDefault() < offset)
        {
            await Task.Yield();
        }
    }

    protected static int Number(ConsumedRecord record) => int.Parse(record.Value.Span, CultureInfo.InvariantCulture);

    private static StreamRecord Record(string key, int number) =>
        new(key, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), TraceParent: null);
}
