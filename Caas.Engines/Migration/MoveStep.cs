namespace Caas.Engines.Migration;

/// <summary>One thing that a move says while it goes on.</summary>
/// <param name="Phase">One of <see cref="MovePhases"/>.</param>
/// <param name="Database">The client, or <c>platform</c>; null for all.</param>
/// <param name="Rows">The rows that were read.</param>
/// <param name="Written">The rows that were written, or that differ where nothing is written.</param>
/// <param name="Seconds">How long it took; null where that is not measured.</param>
public sealed record MoveStep(string Phase, string? Database, long Rows, long Written, double? Seconds = null);

/// <summary>The parts of a move, in their order.</summary>
public static class MovePhases
{
    /// <summary>Every row is copied, while the product writes.</summary>
    public const string Copy = "copy";

    /// <summary>What was written meanwhile is copied, again and again.</summary>
    public const string Follow = "follow";

    /// <summary>Everything is compared, and what differs is copied anew.</summary>
    public const string Check = "check";

    /// <summary>The product writes no more.</summary>
    public const string Closed = "closed";

    /// <summary>The product writes again: the switch was not made.</summary>
    public const string Opened = "opened";

    /// <summary>The last of it is copied and compared.</summary>
    public const string Switch = "switch";

    /// <summary>The data is at the target.</summary>
    public const string Moved = "moved";

    /// <summary>The data is at the source again.</summary>
    public const string Undone = "undone";
}
