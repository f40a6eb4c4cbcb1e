using System.Data.Common;
using System.Net.Sockets;
using Caas.Domain.Errors;

namespace Caas.Domain.Events;

/// <summary>
/// Why something failed, in words that a log line, a dead letter and a notification may hold: a stable reason and the
/// types of the exceptions. Never a message: what a handler throws may quote what it was given.
/// </summary>
public static class DeadLetterReason
{
    /// <summary>The longest reason, in characters.</summary>
    public const int MaxLength = 256;

    private const int MaxTypes = 4;

    /// <summary>The reason, as <c>unreadable: InvalidDataException &lt; FormatException</c>.</summary>
    public static string Of(Exception failure)
    {
        var types = new List<string>();
        for (var one = failure; one is not null && types.Count < MaxTypes; one = one.InnerException)
        {
            types.Add(one.GetType().Name);
        }

        var reason = $"{WordOf(failure)}: {string.Join(" < ", types)}";
        return reason.Length <= MaxLength ? reason : reason[..MaxLength];
    }

    private static string WordOf(Exception failure) => failure switch
    {
        RefusedException refused => refused.Error.Code.Code,
        InvalidDataException => "unreadable",
        TimeoutException => "timed_out",
        OperationCanceledException => "cancelled",
        IOException or SocketException or HttpRequestException or DbException => "engine_away",
        _ => "unexpected",
    };
}
