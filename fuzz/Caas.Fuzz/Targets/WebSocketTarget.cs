using System.IO.Pipelines;
using Caas.SocketIO;
using Caas.SocketIO.WebSockets;

namespace Caas.Fuzz.Targets;

/// <summary>The frames of a WebSocket, from the end of its handshake.</summary>
/// <remarks>
/// Rules: however the network cuts the bytes, the messages, the pings and the end are the same; no message is over the
/// bound; nothing is held between messages; after a violation nothing comes.
/// </remarks>
internal sealed class WebSocketTarget : IFuzzTarget
{
    private const int Cut = 3;

    // Small, so that inputs reach it.
    private static readonly SocketIOOptions Options = new() { MaxPayloadBytes = 1_024, MaxFragmentsPerMessage = 10_000 };

    /// <inheritdoc/>
    public string Name => "websocket";

    /// <inheritdoc/>
    public string Reads => "frames of a WebSocket";

    /// <inheritdoc/>
    public AllocationBound Bound { get; } = new(64 * 1024, 512);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Tokens { get; } =
    [
        [0x81, 0x80, 0, 0, 0, 0], [0x82, 0x81, 1, 2, 3, 4, 5], [0x01, 0x81, 0, 0, 0, 0, (byte)'4'], [0x00, 0x80, 0, 0, 0, 0],
        [0x80, 0x81, 0, 0, 0, 0, (byte)'0'], [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8], [0x88, 0x80, 0, 0, 0, 0], [0x89, 0x80, 0, 0, 0, 0],
        [0x8a, 0x81, 9, 9, 9, 9, 9], [0xfe, 0, 126], [0xff, 0, 0, 0, 0, 0, 1, 0, 0], [0xff], [0xfe], [0x7f], [0x80], [0xed, 0xa0, 0x80],
    ];

    /// <inheritdoc/>
    public int Run(ReadOnlyMemory<byte> input)
    {
        var whole = Read(input, Math.Max(input.Length, 1));
        var cut = Read(input, Cut);
        Oracle.Require(whole.Count == cut.Count, "However the bytes are cut, as many things come.");
        var kinds = 0;
        for (var i = 0; i < whole.Count; i++)
        {
            Oracle.Require(whole[i].Outcome == cut[i].Outcome && whole[i].Violation == cut[i].Violation, "However the bytes are cut, the same things come.");
            Oracle.Require(whole[i].Bytes.AsSpan().SequenceEqual(cut[i].Bytes), "However the bytes are cut, messages are the same.");
            kinds |= 1 << (int)whole[i].Outcome;
        }

        return kinds | ((int)whole[^1].Violation.GetValueOrDefault() << 8);
    }

    private static List<Thing> Read(ReadOnlyMemory<byte> input, int cut)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        var reader = new WebSocketReader(pipe.Reader, Options);
        var things = new List<Thing>();
        var waiting = reader.WaitAsync();
        for (var at = 0; at < input.Length; at += cut)
        {
            Oracle.Completed(pipe.Writer.WriteAsync(input.Slice(at, Math.Min(cut, input.Length - at))));
            while (waiting.IsCompleted)
            {
                if (TakeOne(reader, waiting, things) is not (ReadOutcome.Text or ReadOutcome.Binary or ReadOutcome.Ping or ReadOutcome.Incomplete))
                {
                    return End(reader, things);
                }

                waiting = reader.WaitAsync();
            }
        }

        pipe.Writer.Complete();
        TakeOne(reader, waiting, things);
        return End(reader, things);
    }

    private static ReadOutcome TakeOne(WebSocketReader reader, ValueTask<ReadResult> waiting, List<Thing> things)
    {
        var outcome = reader.Take(Oracle.Completed(waiting));
        if (outcome == ReadOutcome.Incomplete)
        {
            return outcome;
        }

        Oracle.Require(reader.Message.Length <= Options.MaxPayloadBytes, "No message is over the bound.");
        Oracle.Require((outcome == ReadOutcome.Violated) == (reader.Violation is not null), "A violation, and nothing else, says which.");
        things.Add(new Thing(outcome, outcome == ReadOutcome.Violated ? [] : reader.Message.ToArray(), reader.Violation));
        reader.Release();
        Oracle.Require(reader.Message.IsEmpty, "Nothing is held between messages.");
        return outcome;
    }

    private static List<Thing> End(WebSocketReader reader, List<Thing> things)
    {
        reader.Dispose();
        return things;
    }

    private readonly record struct Thing(ReadOutcome Outcome, byte[] Bytes, WebSocketStatus? Violation);
}
