namespace Caas.Engines.Migration;

/// <summary>What the changes behind a position say of one log.</summary>
/// <param name="Log">The conversation; 16 zero bytes for the client's own.</param>
/// <param name="FirstVersion">The first of them.</param>
/// <param name="Sent">How many of them are sent messages.</param>
/// <param name="IsDeleted">Whether the conversation was deleted.</param>
internal sealed record TouchedLog(byte[] Log, long FirstVersion, long Sent, bool IsDeleted)
{
    /// <summary>Whether it is the client's own log.</summary>
    public bool IsOfClient => new Guid(Log) == Guid.Empty;
}

/// <summary>A message that a change tells of which is not its sending.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Reacted">The user whose reaction came or went; null where the change is of another kind.</param>
internal readonly record struct TouchedMessage(long Sequence, string? Reacted);
