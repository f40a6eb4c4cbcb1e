namespace Caas.Engines.Migration;

/// <summary>A deployment was not moved; the message is one line that says why, and what to do.</summary>
/// <param name="message">The line.</param>
/// <param name="innerException">The cause; null for none.</param>
public class MoveException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>What is at the target is not what is at the source.</summary>
/// <param name="message">The line.</param>
/// <param name="differences">What differs, by name; the first of them where they are many.</param>
public sealed class MoveDifferencesException(string message, IReadOnlyList<string> differences) : MoveException(message)
{
    /// <summary>What differs, by name; the first of them where they are many.</summary>
    public IReadOnlyList<string> Differences => differences;
}
