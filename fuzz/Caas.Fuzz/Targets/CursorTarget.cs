using System.Text;
using Caas.Domain.Events;
using Caas.Domain.Validation;

namespace Caas.Fuzz.Targets;

/// <summary>Cursors: their seal, and the place in a sync that is inside.</summary>
/// <remarks>
/// Rules: a text that opens is the very text that was sealed, and opens in its own scope only; whatever is sealed opens as
/// it was; a place that is read is written the same.
/// </remarks>
internal sealed class CursorTarget : IFuzzTarget
{
    // The corpus holds cursors of this key and scope.
    private const string Scope = "sync client_a alice";
    private const int LongestOpened = 1_024;

    private static readonly string[] OtherScopes = ["", "sync client_a alic", "sync client_a alice ", "sync client_b alice", "sync client_a bob"];

    private readonly CursorSeal _seal = new("fuzz fuzz fuzz fuzz fuzz fuzz 32"u8.ToArray());
    private readonly CursorSeal _otherKey = new("FUZZ fuzz fuzz fuzz fuzz fuzz 32"u8.ToArray());

    /// <inheritdoc/>
    public string Name => "cursor";

    /// <inheritdoc/>
    public string Reads => "sealed cursors and the place in a sync";

    /// <inheritdoc/>
    public AllocationBound Bound { get; } = new(32 * 1024, 128);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Tokens { get; } = Oracle.Tokens(
        " ", "=", "==", "%", "-", "_", "+", "/", "\n", "0 0 0 0 - - 0", "1 1795000000123 2 1795000000456 - - 0", "conv_",
        "conv_00000000000000000000000000", "conv_7zzzzzzzzzzzzzzzzzzzzzzzzz", "9223372036854775807", "-62135596800001", "253402300800000");

    /// <inheritdoc/>
    public int Run(ReadOnlyMemory<byte> input)
    {
        var text = Encoding.UTF8.GetString(input.Span);
        var opened = Open(text);
        Seal(text);
        return (opened is null ? 0 : 4) + ReadPlace(text) + (opened is null ? 0 : 8 * ReadPlace(opened));
    }

    private string? Open(string text)
    {
        var opened = _seal.Open(Scope, text);
        if (opened is not null)
        {
            Oracle.Require(_seal.Seal(Scope, opened) == text, "A cursor that was altered in any way does not open.");
            CheckForeign(text);
        }

        return opened;
    }

    private void Seal(string payload)
    {
        var cursor = _seal.Seal(Scope, payload);
        var opened = _seal.Open(Scope, cursor);
        Oracle.Require(opened == payload || (opened is null && cursor.Length > LongestOpened), "What is sealed opens as it was.");
        CheckForeign(cursor);
    }

    private void CheckForeign(string cursor)
    {
        foreach (var scope in OtherScopes)
        {
            Oracle.Require(_seal.Open(scope, cursor) is null, "A cursor of one scope does not open for another.");
        }

        Oracle.Require(_otherKey.Open(Scope, cursor) is null, "A cursor of one key does not open with another.");
    }

    private static int ReadPlace(string text)
    {
        if (!SyncCursor.TryParse(text, out var place))
        {
            return 0;
        }

        Oracle.Require(place.ToString() == text, "A place that is read is written the same.");

        // What a sync does with it first.
        return place.SinceAt > DateTimeOffset.UnixEpoch ? 2 : 1;
    }
}
