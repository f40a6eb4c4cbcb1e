using Microsoft.Extensions.Hosting;

namespace Caas.Engines;

/// <summary>What a host's mode takes where nothing is configured, and what it refuses.</summary>
internal sealed class EngineSet
{
    private readonly bool _isShared;

    private EngineSet(bool isShared) => _isShared = isShared;

    /// <summary>Everything in one process.</summary>
    public static EngineSet Embedded { get; } = new(isShared: false);

    /// <summary>One process of several, over engines that they share.</summary>
    public static EngineSet Shared { get; } = new(isShared: true);

    /// <summary>The engine of one port by its word; the mode's own where there is none.</summary>
    /// <exception cref="EngineStartException">The word is none of an engine, or of one that processes cannot share.</exception>
    public Engine Choose(string port, string? word, params ReadOnlySpan<Engine> engines)
    {
        foreach (var engine in engines)
        {
            if (word is null ? engine.IsShared == _isShared : string.Equals(word, engine.Word, StringComparison.Ordinal))
            {
                return _isShared && !engine.IsShared
                    ? throw new EngineStartException(
                        $"{EngineOptions.Section}:{port}: {engine.Word} belongs to one process; a service of its own needs an engine that it can share.")
                    : engine;
            }
        }

        throw new EngineStartException(
            $"{EngineOptions.Section}:{port}: must be one of: {string.Join(", ", engines.ToArray().Select(engine => engine.Word))}.");
    }
}

/// <summary>One engine of a port.</summary>
/// <param name="Word">What chooses it.</param>
/// <param name="IsShared">Whether several processes can use it at once.</param>
/// <param name="Add">Registers it.</param>
internal sealed record Engine(string Word, bool IsShared, Action<IHostApplicationBuilder> Add);
