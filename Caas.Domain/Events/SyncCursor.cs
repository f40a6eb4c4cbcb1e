using System.Globalization;
using Caas.Domain.Ids;

namespace Caas.Domain.Events;

/// <summary>Where a device is: a place in the user's feed, and inside a sync of several pages the place in that.</summary>
/// <param name="Since">The position that this sync reads from; 0 for everything.</param>
/// <param name="SinceAtMs">When that was the present, in Unix milliseconds; 0 at the start.</param>
/// <param name="Target">The position that the next sync reads from, set by the first page; 0 before it.</param>
/// <param name="TargetAtMs">When the first page was read.</param>
/// <param name="After">The last conversation that is done; null where none is.</param>
/// <param name="Partial">The conversation in which the page ended; null where it ended between two.</param>
/// <param name="PartialVersion">The last version of it that was given.</param>
internal sealed record SyncCursor(
    long Since, long SinceAtMs, long Target, long TargetAtMs, ConversationId? After, ConversationId? Partial, long PartialVersion)
{
    private const int Parts = 7;

    private static readonly long MaxTimeMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>A device that knows nothing.</summary>
    public static SyncCursor Start { get; } = new(0, 0, 0, 0, null, null, 0);

    /// <summary>When the device was in step; null at the start.</summary>
    public DateTimeOffset? SinceAt => SinceAtMs == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(SinceAtMs);

    /// <summary>The cursor of the sync after this one.</summary>
    public SyncCursor Finish() => Start with { Since = Target, SinceAtMs = TargetAtMs };

    /// <summary>Reads what <see cref="ToString"/> wrote, and nothing else: false for a text of another version of this type.</summary>
    public static bool TryParse(string? text, out SyncCursor cursor)
    {
        cursor = Start;
        var parts = text?.Split(' ', Parts + 1);
        if (parts?.Length != Parts)
        {
            return false;
        }

        var read = new SyncCursor(
            Number(parts[0]), Number(parts[1]), Number(parts[2]), Number(parts[3]), Id(parts[4]), Id(parts[5]), Number(parts[6]));

        // What could not be read is written as something else.
        if (read.ToString() != text || read.SinceAtMs > MaxTimeMs || read.TargetAtMs > MaxTimeMs)
        {
            return false;
        }

        cursor = read;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(
        ' ', Text(Since), Text(SinceAtMs), Text(Target), Text(TargetAtMs), Text(After), Text(Partial), Text(PartialVersion));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(ConversationId? id) => id?.ToString() ?? "-";

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static ConversationId? Id(string text) => TypeId.TryParse<ConversationId>(text, out var id) ? id : null;
}
