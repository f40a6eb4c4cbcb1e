using System.Text;
using BenchmarkDotNet.Attributes;
using Caas.Domain.Events;
using Caas.SocketIO.Packets;

namespace Caas.Bench.Micro;

/// <summary>A send as it comes in on a socket, and a message as it goes out.</summary>
public class PacketCodecBenchmarks
{
    private static readonly PacketLimits Limits = new();

    private readonly byte[] _packet = Encoding.UTF8.GetBytes(
        """212["message.send",{"conversationId":"conv_00000000000000000000000000","clientMessageId":"m-1","text":"The quick brown fox jumps over the lazy dog, again and again and again.."}]""");

    private readonly ReadOnlyMemory<byte> _envelope = EventJson.Write(MicroEvent.Create());

    [Benchmark]
    public int Decode()
    {
        PacketDecoder.TryDecode(_packet, Limits, out var header);
        EventPayload.TryRead(_packet.AsMemory(header.Payload), 0, Limits, out var payload);
        return payload.Arguments.Length;
    }

    [Benchmark]
    public int Encode() => PacketEncoder.Event(EventTypes.MessageSent, _envelope.Span, 0).Length;
}
