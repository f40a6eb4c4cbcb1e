namespace Caas.Domain.Errors;

/// <summary>
/// What an operator can put right, told from a bug: the process ends with exit code 2 and this message as its one line.
/// </summary>
/// <param name="message">The configuration key or the thing, what is wrong, and the cure. Without secrets.</param>
/// <param name="innerException">What was caught; null where it was found out here.</param>
public abstract class StartException(string message, Exception? innerException) : Exception(message, innerException);
