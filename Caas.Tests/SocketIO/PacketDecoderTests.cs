using System.Text;
using Caas.SocketIO.Packets;
using CsCheck;

namespace Caas.Tests.SocketIO;

public sealed class PacketDecoderTests
{
    private static readonly PacketLimits Limits = new();

    [Theory]
    [InlineData("0", PacketType.Connect, null, "")]
    [InlineData("0{\"token\":\"x\"}", PacketType.Connect, null, "{\"token\":\"x\"}")]
    [InlineData("1", PacketType.Disconnect, null, "")]
    [InlineData("2[\"hello\",1]", PacketType.Event, null, "[\"hello\",1]")]
    [InlineData("212[\"hello\"]", PacketType.Event, 12L, "[\"hello\"]")]
    [InlineData("313[]", PacketType.Ack, 13L, "[]")]
    [InlineData("29007199254740991[\"a\"]", PacketType.Event, 9_007_199_254_740_991L, "[\"a\"]")]
    public void A_packet_is_read_into_its_fields(string text, object type, long? ackId, string payload)
    {
        var packet = Encoding.UTF8.GetBytes(text);

        PacketDecoder.TryDecode(packet, Limits, out var header).ShouldBe(PacketError.None);

        header.Type.ShouldBe((PacketType)type);
        header.AckId.ShouldBe(ackId);
        Encoding.UTF8.GetString(packet[header.Payload]).ShouldBe(payload);
        header.IsMainNamespace(packet).ShouldBeTrue();
    }

    [Theory]
    [InlineData("0/admin,{\"a\":1}", "/admin", "{\"a\":1}")]
    [InlineData("0/admin", "/admin", "")]
    [InlineData("1/admin,", "/admin", "")]
    [InlineData("2/admin,13[\"a\"]", "/admin", "[\"a\"]")]
    public void A_namespace_ends_at_a_comma_or_with_the_packet(string text, string name, string payload)
    {
        var packet = Encoding.UTF8.GetBytes(text);

        PacketDecoder.TryDecode(packet, Limits, out var header).ShouldBe(PacketError.None);

        Encoding.UTF8.GetString(packet[header.Namespace]).ShouldBe(name);
        Encoding.UTF8.GetString(packet[header.Payload]).ShouldBe(payload);
        header.IsMainNamespace(packet).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", PacketError.UnknownType)]
    [InlineData("7", PacketError.UnknownType)]
    [InlineData("abc", PacketError.UnknownType)]
    [InlineData("5[\"a\"]", PacketError.BadAttachmentCount)]
    [InlineData("50-[\"a\"]", PacketError.BadAttachmentCount)]
    [InlineData("5-[\"a\"]", PacketError.BadAttachmentCount)]
    [InlineData("51[\"a\"]", PacketError.BadAttachmentCount)]
    [InlineData("51", PacketError.BadAttachmentCount)]
    [InlineData("5-1-[\"a\"]", PacketError.BadAttachmentCount)]
    [InlineData("511-[\"a\"]", PacketError.TooManyAttachments)]
    [InlineData("599999999999999999999-[\"a\"]", PacketError.TooManyAttachments)]
    [InlineData("29007199254740992[\"a\"]", PacketError.BadAckId)]
    [InlineData("299999999999999999999999[\"a\"]", PacketError.BadAckId)]
    [InlineData("01{}", PacketError.BadAckId)]
    [InlineData("0[]", PacketError.BadPayload)]
    [InlineData("0{", PacketError.BadPayload)]
    [InlineData("0{}x", PacketError.BadPayload)]
    [InlineData("1{}", PacketError.BadPayload)]
    [InlineData("2", PacketError.BadPayload)]
    [InlineData("2{}", PacketError.BadPayload)]
    [InlineData("2 [\"a\"]", PacketError.BadPayload)]
    [InlineData("3[]", PacketError.BadPayload)]
    [InlineData("31{}", PacketError.BadPayload)]
    public void A_malformed_packet_is_named_for_what_it_is(string text, object error) =>
        PacketDecoder.TryDecode(Encoding.UTF8.GetBytes(text), Limits, out _).ShouldBe((PacketError)error);

    [Fact]
    public void A_namespace_is_bounded_and_holds_no_control_characters()
    {
        PacketDecoder.TryDecode(Encoding.UTF8.GetBytes("0/" + new string('n', 128)), Limits, out _)
            .ShouldBe(PacketError.BadNamespace);
        PacketDecoder.TryDecode("0/a\u001eb"u8, Limits, out _).ShouldBe(PacketError.BadNamespace);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            Decode(bytes);
        }, iter: 20_000);
    }

    [Fact]
    public void Packets_with_one_byte_changed_never_throw()
    {
        var samples = new[]
        {
            "2[\"hello\",{\"a\":[1,\"\\ud83d\\ude00\"]}]", "212[\"x\",null]", "0/admin,{\"token\":\"t\"}", "31[]",
            "52-[\"f\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]",
        };
        Gen.Select(Gen.Int[0, samples.Length - 1], Gen.Int[0, 100], Gen.Byte).Sample((sample, at, value) =>
        {
            var bytes = Encoding.UTF8.GetBytes(samples[sample]);
            bytes[at % bytes.Length] = value;
            Decode(bytes);
        }, iter: 20_000);
    }

    [Fact]
    public void What_is_refused_costs_no_memory_of_a_declared_size()
    {
        var packet = Encoding.UTF8.GetBytes("5999999999-[\"a\"]");
        Decode(packet);
        var before = GC.GetAllocatedBytesForCurrentThread();

        PacketDecoder.TryDecode(packet, Limits, out _).ShouldBe(PacketError.TooManyAttachments);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000);
    }

    private static void Decode(byte[] bytes)
    {
        if (PacketDecoder.TryDecode(bytes, Limits, out var header) == PacketError.None
            && header.Type is PacketType.Event or PacketType.BinaryEvent)
        {
            EventPayload.TryRead(bytes.AsMemory()[header.Payload], header.Attachments, Limits, out _);
        }
    }
}
