using Caas.Engines.Documents;

namespace Caas.Engines.Mongo.Events;

/// <summary>
/// What a commit of this process tells the relay of this process, where it runs: that a database has changes now. The
/// change stream says the same, a little later; with the hint the backlog is right at once. Thread-safe.
/// </summary>
internal sealed class RelayHints
{
    private volatile Func<DatabaseName, long, ValueTask>? _listener;

    /// <summary>Who is told; one relay a process.</summary>
    public void ListenWith(Func<DatabaseName, long, ValueTask>? listener) => _listener = listener;

    /// <summary>The changes up to a position are committed.</summary>
    public ValueTask CommittedAsync(DatabaseName name, long position) =>
        _listener is { } listener ? listener(name, position) : ValueTask.CompletedTask;
}
