using Caas.Domain.Errors;

namespace Caas.Engines;

/// <summary>
/// What an engine does before the first use of its ports: takes its folder, reaches its servers, brings its schema up to
/// date. The host opens every engine that is registered, in the order of registration, before it serves.
/// </summary>
public interface IEngineStart
{
    /// <summary>Opens the engine; repeating it does nothing. Bounded: it ends with an exception rather than wait for ever.</summary>
    /// <exception cref="EngineStartException">The engine cannot be used as it is configured, or cannot be reached.</exception>
    Task OpenAsync(CancellationToken cancellationToken);
}

/// <summary>An engine that cannot be used ends the start.</summary>
/// <inheritdoc/>
public sealed class EngineStartException(string message, Exception? innerException = null)
    : StartException(message, innerException);
