namespace Caas.Engines.Backup;

/// <summary>A backup cannot be made, trusted or restored; the message is one line for the operator.</summary>
/// <param name="message">The line.</param>
/// <param name="innerException">The cause; null for none.</param>
public sealed class BackupException(string message, Exception? innerException = null) : Exception(message, innerException);
