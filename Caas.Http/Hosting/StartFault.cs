using Caas.Domain.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Caas.Http.Hosting;

/// <summary>What an operator can put right, told from a bug: it is one line, not a stack.</summary>
internal static class StartFault
{
    // The binder's own words: "Failed to convert configuration value 'x' at 'SocketIO:PingInterval' to type ..."
    private const string Binder = "Microsoft.Extensions.Configuration.Binder";

    /// <summary>The line; null where it is a bug.</summary>
    public static string? LineOf(Exception fault) => fault switch
    {
        StartException or OptionsValidationException => Line(fault),
        InvalidOperationException { Source: Binder } => Line(fault),
        AggregateException { InnerException: OptionsValidationException first } => Line(first),

        // Somebody took a port between its check and its use.
        IOException { InnerException: AddressInUseException } => Line(fault),
        _ => null,
    };

    private static string Line(Exception fault) => fault.Message.ReplaceLineEndings(" ");
}
