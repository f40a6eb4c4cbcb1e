using System.Text;
using Caas.SocketIO.Packets;

namespace Caas.Tests.SocketIO;

public sealed class BinaryAssemblerTests
{
    private static readonly PacketLimits Limits = new(MaxBinaryPacketBytes: 100);

    [Fact]
    public void A_packet_is_complete_with_its_last_attachment()
    {
        var assembler = Begin(2);

        assembler.Add([1, 2], out var complete).ShouldBe(PacketError.None);
        complete.ShouldBeFalse();
        assembler.Add([], out complete).ShouldBe(PacketError.None);
        complete.ShouldBeTrue();

        var (_, packet, attachments) = assembler.Take();
        Encoding.UTF8.GetString(packet).ShouldStartWith("52-");
        attachments.Select(a => a.Length).ShouldBe([2, 0]);
        assembler.IsWaiting.ShouldBeFalse();
    }

    [Fact]
    public void Binary_without_a_packet_that_announced_it_is_refused()
    {
        new BinaryAssembler(Limits).Add([1], out _).ShouldBe(PacketError.UnexpectedBinary);

        var assembler = Begin(1);
        assembler.Add([1], out _).ShouldBe(PacketError.None);
        assembler.Take();
        assembler.Add([1], out _).ShouldBe(PacketError.UnexpectedBinary);
    }

    [Fact]
    public void All_bytes_of_a_packet_together_are_capped()
    {
        var assembler = Begin(2);

        assembler.Add(new byte[40], out _).ShouldBe(PacketError.None);
        assembler.Add(new byte[40], out _).ShouldBe(PacketError.TooManyBinaryBytes);
    }

    private static BinaryAssembler Begin(int attachments)
    {
        var packet = Encoding.UTF8.GetBytes($"5{attachments}-[\"file\",\"padding\"]");
        PacketDecoder.TryDecode(packet, Limits, out var header).ShouldBe(PacketError.None);
        var assembler = new BinaryAssembler(Limits);
        assembler.Begin(header, packet);
        return assembler;
    }
}
