using Caas.SocketIO;
using Caas.SocketIO.Engine;
using Caas.SocketIO.Packets;

namespace Caas.Fuzz.Targets;

/// <summary>A session's packets and attachments in the order in which they come: what a binary packet is put together of.</summary>
/// <remarks>
/// Rules: a packet is complete with exactly the attachments that it announced, each as it was sent; what is held never
/// exceeds the cap; nothing is held between packets.
/// </remarks>
internal sealed class BinaryPacketTarget : IFuzzTarget
{
    // Small enough for the inputs of mutations to reach it.
    private static readonly PacketLimits Limits = new SocketIOOptions().PacketLimits with { MaxBinaryPacketBytes = 512 };

    /// <inheritdoc/>
    public string Name => "binary-packet";

    /// <inheritdoc/>
    public string Reads => "Socket.IO packets and their binary attachments, as a long-polling body";

    /// <inheritdoc/>
    public AllocationBound Bound { get; } = new(16 * 1024, 256);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Tokens { get; } = Oracle.Tokens(
        "\u001e", "\u001eb", "4", "b", "bAQIDBA==", "=", "451-", "452-", "450-", "4510-", "4511-", "461-0[]", "3", "42[\"e\"]",
        "[\"e\",{\"_placeholder\":true,\"num\":0}]", "{\"_placeholder\":true,\"num\":1}", ",", "\"num\":-1", "\"num\":1");

    /// <inheritdoc/>
    public int Run(ReadOnlyMemory<byte> input)
    {
        var assembler = new BinaryAssembler(Limits);
        var waiting = new Waiting();
        var verdict = 0;
        bool more;
        do
        {
            more = PollingPayload.Next(ref input, out var packet);
            var (error, kind) = Receive(assembler, waiting, packet);
            verdict |= kind;
            if (error != PacketError.None)
            {
                return verdict | ((int)error << 8);
            }
        }
        while (more);
        return verdict;
    }

    private static (PacketError Error, int Kind) Receive(BinaryAssembler assembler, Waiting waiting, ReadOnlyMemory<byte> packet)
    {
        if (!packet.IsEmpty && packet.Span[0] == PollingPayload.BinaryPrefix)
        {
            var decoded = PollingPayload.DecodeBinary(packet.Span[1..]);
            return decoded is null ? (PacketError.BadPayload, 1) : Attach(assembler, waiting, decoded);
        }

        if (!EnginePacket.TryRead(packet.Span, out var text) || text.Type != EnginePacketType.Message)
        {
            return (PacketError.UnknownType, 2);
        }

        if (assembler.IsWaiting)
        {
            return (PacketError.UnexpectedText, 4);
        }

        var error = PacketDecoder.TryDecode(text.Body, Limits, out var header);
        if (error == PacketError.None && header.IsBinary)
        {
            assembler.Begin(header, text.Body);
            waiting.Begin(header, text.Body.ToArray());
        }

        return (error, header.IsBinary ? 8 : 16);
    }

    private static (PacketError Error, int Kind) Attach(BinaryAssembler assembler, Waiting waiting, byte[] attachment)
    {
        var wasWaiting = assembler.IsWaiting;
        var error = assembler.Add(attachment, out var complete);
        if (!wasWaiting)
        {
            Oracle.Require(error == PacketError.UnexpectedBinary && !complete, "An attachment of no packet is refused.");
            return (error, 32);
        }

        waiting.Attachments.Add(attachment);
        var fits = waiting.Bytes <= Limits.MaxBinaryPacketBytes;
        Oracle.Require(fits == (error == PacketError.None), "A packet is refused when it is over the cap, and only then.");
        Oracle.Require(complete == (fits && waiting.IsComplete), "A packet is complete with the attachments that it announced.");
        return complete ? Take(assembler, waiting) : (error, 64);
    }

    private static (PacketError Error, int Kind) Take(BinaryAssembler assembler, Waiting waiting)
    {
        var (header, packet, attachments) = assembler.Take();
        Oracle.Require(!assembler.IsWaiting, "Nothing is held between packets.");
        Oracle.Require(header == waiting.Header && packet.AsSpan().SequenceEqual(waiting.Packet), "A packet is the one that was begun.");
        Oracle.Require(
            attachments.Length == waiting.Attachments.Count
            && attachments.Zip(waiting.Attachments).All(static pair => pair.First.Span.SequenceEqual(pair.Second)),
            "The attachments are those that were sent, in their order.");
        if (header.Type != PacketType.BinaryEvent)
        {
            return (PacketError.None, 128);
        }

        var payload = packet.AsMemory()[header.Payload];
        var error = EventPayload.TryRead(payload, header.Attachments, Limits, out var read);
        if (error == PacketError.None)
        {
            EventRules.Check(read, header.Attachments, payload);
        }

        return (error, 128);
    }

    /// <summary>What was sent of the present binary packet.</summary>
    private sealed class Waiting
    {
        public PacketHeader Header { get; private set; }

        public byte[] Packet { get; private set; } = [];

        public List<byte[]> Attachments { get; private set; } = [];

        public long Bytes => Packet.Length + Attachments.Sum(static attachment => (long)attachment.Length);

        public bool IsComplete => Attachments.Count == Header.Attachments;

        public void Begin(in PacketHeader header, byte[] packet)
        {
            Header = header;
            Packet = packet;
            Attachments = [];
        }
    }
}
