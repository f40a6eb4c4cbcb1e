using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Engines.Redis;

/// <summary>Keeps the numbers of what was logged.</summary>
internal sealed class EventLog : ILogger
{
    public ConcurrentQueue<int> Numbers { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Numbers.Enqueue(eventId.Id);
}
