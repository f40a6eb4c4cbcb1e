using System.Text.RegularExpressions;

namespace Caas.Domain.Events;

/// <summary>
/// Why something failed, for an operator: the exception's type and its message on one line of at most
/// <see cref="MaxLength"/> characters. What a message quotes may be somebody's content, and what looks like a credential
/// may be one: both are left out.
/// </summary>
public static partial class DeadLetterReason
{
    /// <summary>The most characters.</summary>
    public const int MaxLength = 256;

    private const int MaxRead = 4096;

    /// <summary>The reason of this failure.</summary>
    public static string Of(Exception failure)
    {
        var message = failure.Message.Length > MaxRead ? failure.Message[..MaxRead] : failure.Message;
        var line = Secrets.Replace(Quoted.Replace(message, "'…'"), "…");
        var reason = $"{failure.GetType().Name}: {Blanks.Replace(line, " ").Trim()}";
        return reason.Length <= MaxLength ? reason : CutBefore(reason, MaxLength - 1) + "…";
    }

    // Never between the two halves of a surrogate pair.
    private static string CutBefore(string text, int length) =>
        text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    [GeneratedRegex("""'[^']*('|$)|"[^"]*("|$)|`[^`]*(`|$)""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted { get; }

    [GeneratedRegex(@"(caas|whsec|Bearer)[_ ]\S+|[A-Za-z0-9+/=_.-]{40,}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Secrets { get; }

    [GeneratedRegex(@"[\s\p{C}]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Blanks { get; }
}
