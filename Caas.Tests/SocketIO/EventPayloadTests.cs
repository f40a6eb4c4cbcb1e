using System.Text;
using System.Text.Json;
using Caas.SocketIO.Connections;
using Caas.SocketIO.Packets;
using CsCheck;

namespace Caas.Tests.SocketIO;

public sealed class EventPayloadTests
{
    private static readonly PacketLimits Limits = new();

    [Fact]
    public void Arguments_are_slices_of_raw_json()
    {
        Read("""["send", {"a": [1, 2]} , "x",null,-1.5e3]""", 0, out var e).ShouldBe(PacketError.None);

        e.Name.ShouldBe("send");
        e.Arguments.Select(a => Encoding.UTF8.GetString(a.Span)).ShouldBe(["{\"a\": [1, 2]}", "\"x\"", "null", "-1.5e3"]);
    }

    [Theory]
    [InlineData("[]", PacketError.EmptyEvent)]
    [InlineData("[\"\"]", PacketError.BadEventName)]
    [InlineData("[1]", PacketError.BadEventName)]
    [InlineData("[null]", PacketError.BadEventName)]
    [InlineData("[{\"toString\":\"foo\"}]", PacketError.BadEventName)]
    [InlineData("[\"\\ud800\"]", PacketError.BadPayload)]
    [InlineData("[\"connect\"]", PacketError.ReservedEventName)]
    [InlineData("[\"connect_error\"]", PacketError.ReservedEventName)]
    [InlineData("[\"disconnect\"]", PacketError.ReservedEventName)]
    [InlineData("[\"disconnecting\"]", PacketError.ReservedEventName)]
    [InlineData("[\"newListener\"]", PacketError.ReservedEventName)]
    [InlineData("[\"removeListener\"]", PacketError.ReservedEventName)]
    [InlineData("[\"error\"]", PacketError.ReservedEventName)]
    [InlineData("[\"\\u0065rror\"]", PacketError.ReservedEventName)]
    [InlineData("[\"a\"", PacketError.BadPayload)]
    [InlineData("[\"a\"]]", PacketError.BadPayload)]
    [InlineData("[\"a\"][\"b\"]", PacketError.BadPayload)]
    [InlineData("[\"a\",]", PacketError.BadPayload)]
    [InlineData("[\"a\" 1]", PacketError.BadPayload)]
    public void A_bad_event_is_refused(string json, object error) => Read(json, 0, out _).ShouldBe((PacketError)error);

    [Fact]
    public void Depth_name_and_arguments_are_capped()
    {
        Read($"[\"a\",{new string('[', 31)}{new string(']', 31)}]", 0, out _).ShouldBe(PacketError.None);
        Read($"[\"a\",{new string('[', 32)}{new string(']', 32)}]", 0, out _).ShouldBe(PacketError.BadPayload);
        Read($"[\"{new string('n', 128)}\"]", 0, out _).ShouldBe(PacketError.None);
        Read($"[\"{new string('n', 129)}\"]", 0, out _).ShouldBe(PacketError.BadEventName);
        Read($"[\"a\"{string.Concat(Enumerable.Repeat(",1", 32))}]", 0, out _).ShouldBe(PacketError.None);
        Read($"[\"a\"{string.Concat(Enumerable.Repeat(",1", 33))}]", 0, out _).ShouldBe(PacketError.TooManyArguments);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused() =>
        EventPayload.TryRead(new byte[] { (byte)'[', (byte)'"', 0xff, (byte)'"', (byte)']' }, 0, Limits, out _)
            .ShouldBe(PacketError.BadPayload);

    [Theory]
    [InlineData("{\"_placeholder\":true,\"num\":0}", PacketError.None)]
    [InlineData("{\"x\":[{\"num\":0,\"_placeholder\":true}]}", PacketError.None)]
    [InlineData("{\"_pl\\u0061ceholder\":true,\"num\":0}", PacketError.None)]
    [InlineData("{\"_placeholder\":true,\"num\":1}", PacketError.BadPlaceholder)]
    [InlineData("{\"_placeholder\":true,\"num\":-1}", PacketError.BadPlaceholder)]
    [InlineData("{\"_placeholder\":true,\"num\":0.5}", PacketError.BadPlaceholder)]
    [InlineData("{\"_placeholder\":true,\"num\":99999999999}", PacketError.BadPlaceholder)]
    [InlineData("{\"_placeholder\":true,\"num\":\"splice\"}", PacketError.BadPlaceholder)]
    [InlineData("{\"_placeholder\":true}", PacketError.BadPlaceholder)]
    [InlineData("{\"num\":0}", PacketError.BadPlaceholder)]
    [InlineData("{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":0}", PacketError.BadPlaceholder)]
    public void Each_attachment_is_referred_to_exactly_once(string argument, object error) =>
        Read($"[\"f\",{argument}]", 1, out _).ShouldBe((PacketError)error);

    [Fact]
    public void In_a_text_event_a_placeholder_is_ordinary_json() =>
        Read("[\"f\",{\"_placeholder\":true,\"num\":7}]", 0, out _).ShouldBe(PacketError.None);

    [Fact]
    public void What_is_encoded_decodes_to_the_same()
    {
        var name = Gen.String.Where(s => s.Length is > 0 and < 20 && Encoding.UTF8.GetByteCount(s) < 20
            && !HasLoneSurrogate(s) && !ReservedEvents.Contains(s));
        var json = Gen.OneOf(
            Gen.Int.Select(i => JsonSerializer.Serialize(i)),
            Gen.String.Where(s => !HasLoneSurrogate(s)).Select(s => JsonSerializer.Serialize(s)),
            Gen.Int.Array[0, 5].Select(a => JsonSerializer.Serialize(new { a })));
        var limits = new PacketLimits(MaxEventNameBytes: 1_000);
        Gen.Select(name, json).Sample((name, json) =>
        {
            var packet = EncodedEvent.Create(name, Encoding.UTF8.GetBytes(json)).Frames.Frames[0].Bytes[1..];
            PacketDecoder.TryDecode(packet.Span, limits, out var header).ShouldBe(PacketError.None);
            EventPayload.TryRead(packet[header.Payload], 0, limits, out var e).ShouldBe(PacketError.None);
            e.Name.ShouldBe(name);
            Encoding.UTF8.GetString(e.Arguments.Single().Span).ShouldBe(json);
        }, iter: 2_000);
    }

    [Fact]
    public void Outgoing_events_may_not_take_reserved_names()
    {
        Should.Throw<ArgumentException>(() => EncodedEvent.Create("error", "1"u8));
        Should.Throw<ArgumentException>(() => EncodedEvent.Create("", "1"u8));
    }

    private static bool HasLoneSurrogate(string s) =>
        !string.Equals(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s)), s, StringComparison.Ordinal);

    private static PacketError Read(string json, int attachments, out EventPayload e) =>
        EventPayload.TryRead(Encoding.UTF8.GetBytes(json), attachments, Limits, out e);
}
