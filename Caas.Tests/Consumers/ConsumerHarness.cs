using System.Diagnostics.Metrics;
using System.Text;
using Caas.Consumers.DeadLetters;
using Caas.Consumers.Notifications;
using Caas.Consumers.Streams;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Avro;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Consumers;

/// <summary>The real consumers over a scripted stream, in a simulation.</summary>
internal sealed class ConsumerHarness : IDisposable
{
    public const string Topic = "t";
    public const string Group = "g";

    private CancellationTokenSource _stop = new();
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<Task> _running = [];

    public ConsumerHarness(int partitions = 3)
    {
        Stream = new ScriptedStream(partitions, Loop.Clock);
        Events = new AvroEventCodec(Registry);
        Letters = new AvroRecordCodec<DeadLetter>(Registry, new DeadLetterSchema());
        NotificationCodec = new AvroRecordCodec<Notification>(Registry, new NotificationSchema());
        Metrics = new ConsumerMetrics(Meters);
        Notices = new NotificationWriter(
            Stream, NotificationCodec, new ClockIdSource(Loop.Clock), Loop.Clock, Log.For<NotificationWriter>());
        var writer = new DeadLetterWriter(
            Stream, Events, Letters, Metrics, Loop.Clock, Log.For<DeadLetterWriter>());
        Tools = new ConsumerTools(writer, Notices, Metrics, Options, Loop.Clock);
    }

    public SimulationLoop Loop { get; } = new();

    public IMeterFactory Meters => _meters.GetRequiredService<IMeterFactory>();

    public LogLines Log { get; } = new();

    public ConsumersOptions Options { get; } = new();

    public ScriptedStream Stream { get; }

    public MemoryRegistry Registry { get; } = new();

    public MemoryDeadLetters Store { get; } = new();

    public IEventCodec Events { get; }

    public IRecordCodec<DeadLetter> Letters { get; }

    public IRecordCodec<Notification> NotificationCodec { get; }

    public ConsumerMetrics Metrics { get; }

    public NotificationWriter Notices { get; }

    public ConsumerTools Tools { get; }

    public IReadOnlyList<DeadLetter> WrittenLetters => [.. Stream.All(Topics.DeadLetters).Select(record => Now(Letters.DecodeAsync(record.Value, default)))];

    public IReadOnlyList<Notification> Told => [.. Stream.All(Topics.Notifications).Select(record => Now(NotificationCodec.DecodeAsync(record.Value, default)))];

    public static string TextOf(ConsumedRecord record) => Encoding.UTF8.GetString(record.Value.Span);

    /// <summary>A new process over the same stream.</summary>
    public void Restart()
    {
        Stop();
        _running.Clear();
        _stop.Dispose();
        _stop = new CancellationTokenSource();
    }

    public void Run(params IStreamHandler[] handlers)
    {
        foreach (var handler in handlers)
        {
            var consumer = new StreamConsumer(handler, Stream, Tools, Log.For<StreamConsumer>());
            var stop = _stop.Token;
            _running.Add(Loop.Start(() => consumer.RunAsync(stop)));
        }
    }

    public void RunDeadLetters(params IStreamHandler[] handlers) => Run(
        new DeadLetterHandler(Letters, Store, Notices, Log.For<DeadLetterHandler>()),
        new ReplayHandler(Letters, handlers, Microsoft.Extensions.Options.Options.Create(Options), Loop.Clock));

    public void Put(int partition, string text, string key = "k") =>
        Loop.Do(() => Stream.Put(Topic, partition, key, Encoding.UTF8.GetBytes(text)));

    public void Replay(DeadLetterId id)
    {
        var replay = new ReplayDeadLetter(Store, Stream, Letters, Loop.Clock);
        var done = Loop.Start(async () => (await replay.ExecuteAsync(id, CancellationToken.None)).Error.ShouldBeNull());
        done.IsCompletedSuccessfully.ShouldBeTrue();
    }

    /// <summary>Stops the consumers, as a host does: all of them end at once and without failure.</summary>
    public void Stop()
    {
        Loop.Do(_stop.Cancel);
        _running.ShouldAllBe(task => task.IsCompletedSuccessfully);
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
        _meters.Dispose();
    }

    // Everything here completes at once.
    private static T Now<T>(ValueTask<T> task)
    {
        task.IsCompletedSuccessfully.ShouldBeTrue();
#pragma warning disable VSTHRD002
        return task.AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }
}

/// <summary>A handler of a test.</summary>
internal sealed class ScriptedHandler(Action<ConsumedRecord> handle) : IStreamHandler
{
    public string Topic => ConsumerHarness.Topic;

    public string Group => ConsumerHarness.Group;

    public ValueTask HandleAsync(ConsumedRecord record, CancellationToken cancellationToken)
    {
        handle(record);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A handler of a test that takes its time.</summary>
internal sealed class AsyncHandler(Func<ConsumedRecord, CancellationToken, Task> handle) : IStreamHandler
{
    public string Topic => ConsumerHarness.Topic;

    public string Group => ConsumerHarness.Group;

    public ValueTask HandleAsync(ConsumedRecord record, CancellationToken cancellationToken) => new(handle(record, cancellationToken));
}

/// <summary>Everything that was logged, exceptions included, as a file would have it.</summary>
internal sealed class LogLines
{
    private readonly List<(int Id, string Text)> _lines = [];

    public IReadOnlyList<(int Id, string Text)> All => _lines;

    public ILogger<T> For<T>() => new Logger<T>(_lines);

    private sealed class Logger<T>(List<(int Id, string Text)> lines) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            Microsoft.Extensions.Logging.EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => lines.Add((eventId.Id, $"{formatter(state, exception)} {exception}"));
    }
}

/// <summary>Schemas in memory.</summary>
internal sealed class MemoryRegistry : ISchemaRegistry
{
    private readonly List<string> _schemas = [];

    public ValueTask<int> RegisterAsync(string subject, string schema, CancellationToken cancellationToken)
    {
        if (!_schemas.Contains(schema))
        {
            _schemas.Add(schema);
        }

        return ValueTask.FromResult(_schemas.IndexOf(schema) + 1);
    }

    public ValueTask<string?> FindAsync(int id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(id > 0 && id <= _schemas.Count ? _schemas[id - 1] : null);
}

/// <summary>Dead letters in memory, which may be away.</summary>
internal sealed class MemoryDeadLetters : IDeadLetterStore
{
    private readonly Dictionary<DeadLetterId, StoredDeadLetter> _letters = [];

    public bool IsAway { get; set; }

    public IReadOnlyList<DeadLetter> Waiting =>
        [.. _letters.Values.Where(letter => letter.State == DeadLetterState.Waiting).Select(letter => letter.Letter)];

    public ValueTask<bool> AddAsync(DeadLetter letter, CancellationToken cancellationToken) => IsAway
        ? throw new IOException("The store is away.")
        : ValueTask.FromResult(_letters.TryAdd(letter.Id, new StoredDeadLetter(letter, DeadLetterState.Waiting)));

    public ValueTask<IReadOnlyList<DeadLetter>> ListAsync(DeadLetterId? after, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Waiting);

    public ValueTask<StoredDeadLetter?> FindAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_letters.GetValueOrDefault(id));

    public ValueTask<bool> RemoveAsync(DeadLetterId id, DeadLetterState state, CancellationToken cancellationToken)
    {
        var waits = _letters.TryGetValue(id, out var found) && found.State == DeadLetterState.Waiting;
        if (waits)
        {
            _letters[id] = new StoredDeadLetter(found!.Letter with { Value = default }, state);
        }

        return ValueTask.FromResult(waits);
    }
}
