using Caas.Domain.Errors;

namespace Caas.Http.Hosting;

/// <summary>The configuration is wrong.</summary>
/// <inheritdoc/>
internal sealed class ConfigurationException(string message, Exception? innerException = null)
    : StartException(message, innerException);
