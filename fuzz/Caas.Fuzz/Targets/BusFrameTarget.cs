using Caas.Domain.Events;
using Caas.Engines.Redis;

namespace Caas.Fuzz.Targets;

/// <summary>Frames of the realtime bus, as Redis hands them out.</summary>
/// <remarks>
/// Rules: a signal that was read is written as the very frame that it was read from; a beat is nothing but its head;
/// numbers begin at 1.
/// </remarks>
internal sealed class BusFrameTarget : IFuzzTarget
{
    private const int HeadBytes = 9;

    /// <inheritdoc/>
    public string Name => "bus-frame";

    /// <inheritdoc/>
    public string Reads => "frames of the realtime bus";

    /// <inheritdoc/>
    public AllocationBound Bound { get; } = new(8 * 1024, 16);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Tokens { get; } =
    [
        [1, 0, 0, 0, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 0, 0, 0, 1], [0], [1], [2], [4], [8], [15], [16], [0xff], [5, .. "alice"u8], [12, .. "message.sent"u8],
        [.. "{}"u8], new byte[16],
    ];

    /// <inheritdoc/>
    public int Run(ReadOnlyMemory<byte> input)
    {
        if (!RealtimeFrame.TryRead(input, out var number, out var signal))
        {
            Oracle.Require(signal is null, "What is no frame is no signal.");
            return 0;
        }

        Oracle.Require(number >= 1, "Numbers begin at 1.");
        if (signal is null)
        {
            Oracle.Require(input.Length == HeadBytes, "A beat is nothing but its head.");
            return 1;
        }

        Oracle.Require(RealtimeFrame.Write(signal).AsSpan().SequenceEqual(input.Span[HeadBytes..]), "A signal is written as it was read.");
        return 2 + Parts(signal);
    }

    private static int Parts(RealtimeSignal signal) =>
        (signal.ConversationId is null ? 0 : 1) | (signal.UserId is null ? 0 : 2) | (signal.Version is null ? 0 : 4)
        | (signal.TraceParent is null ? 0 : 8) | (signal.Body.IsEmpty ? 0 : 16);
}
