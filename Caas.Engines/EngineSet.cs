using Microsoft.Extensions.DependencyInjection;

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

    /// <summary>Registers the engine of one port by its word.</summary>
    /// <exception cref="EngineStartException">The word is none of an engine, or of one that processes cannot share.</exception>
    public void Choose(string port, string? word, IServiceCollection services, params ReadOnlySpan<Engine> engines)
    {
        var key = $"{EngineOptions.Section}:{port}";
        foreach (var engine in engines)
        {
            if (word is null ? engine.IsShared == _isShared : string.Equals(word, engine.Word, StringComparison.Ordinal))
            {
                if (_isShared && !engine.IsShared)
                {
                    throw new EngineStartException(
                        $"{key}: {engine.Word} belongs to one process; services of their own need an engine that they share.");
                }

                engine.Add(services);
                return;
            }
        }

        throw new EngineStartException($"{key}: must be one of: {string.Join(", ", engines.ToArray().Select(engine => engine.Word))}.");
    }
}

/// <summary>One engine of a port.</summary>
/// <param name="Word">What chooses it.</param>
/// <param name="IsShared">Whether several processes can use it at once.</param>
/// <param name="Add">Registers it.</param>
internal readonly record struct Engine(string Word, bool IsShared, Action<IServiceCollection> Add);
