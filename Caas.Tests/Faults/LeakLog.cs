using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Caas.Tests.Faults;

/// <summary>Keeps every line of the log with all that a logger may write: values, scopes, the whole exception.</summary>
internal sealed class LeakLog : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> _lines = [];
    private IExternalScopeProvider? _scopes;

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        // Holds nothing but lines.
    }

    private sealed class Logger(LeakLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var parts = new List<string> { $"{logLevel} {category} {eventId}", formatter(state, exception) };
            AddValues(parts, state);
            log._scopes?.ForEachScope(static (scope, all) => AddValues(all, scope), parts);
            if (exception is not null)
            {
                parts.Add(exception.ToString());
            }

            log._lines.Enqueue(string.Join(" | ", parts));
        }

        private static void AddValues(List<string> parts, object? state)
        {
            parts.Add(state?.ToString() ?? "");
            foreach (var (name, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={value}"));
            }
        }
    }
}
