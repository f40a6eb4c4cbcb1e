using Caas.SocketIO;
using Microsoft.Extensions.Options;

namespace Caas.Messaging.Realtime;

/// <summary>Refuses socket limits that make no sense, at start.</summary>
internal sealed class SocketOptionsValidation : IValidateOptions<SocketIOOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SocketIOOptions options) =>
        options.FindFault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
