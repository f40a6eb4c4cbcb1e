using System.Buffers.Binary;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Redis;
using CsCheck;

namespace Caas.Tests.Engines.Redis;

public sealed class RealtimeFrameTests
{
    private const int HeadBytes = 9;

    private static readonly Gen<UserId> Users = Gen.Char["ABCxyz019._@:-"].Array[1, UserId.MaxLength].Select(static text => UserId.Parse(new string(text)));
    private static readonly Gen<string> Texts = Gen.Char[' ', '~'].Array[1, 255].Select(static text => new string(text));

    private static readonly Gen<RealtimeSignal> Signals = Gen.Select(
        Gen.Guid,
        Gen.Guid.Nullable(),
        Users.Nullable(),
        Gen.Long.Nullable(),
        Texts,
        Gen.Byte.Array[0, 300],
        Gen.Null(Texts),
        static (client, conversation, user, version, type, body, trace) => new RealtimeSignal(
            new ClientId(client),
            conversation is { } id ? new ConversationId(id) : null,
            user,
            version,
            type,
            body,
            trace));

    [Fact]
    public void A_signal_is_read_as_it_was_written() => Gen.Select(Signals, Gen.Long[1, long.MaxValue]).Sample(
        static (signal, number) =>
        {
            RealtimeFrame.TryRead(Framed(1, number, RealtimeFrame.Write(signal)), out var read, out var got).ShouldBeTrue();

            read.ShouldBe(number);
            got.ShouldNotBeNull().Body.ToArray().ShouldBe(signal.Body.ToArray());
            (got with { Body = default }).ShouldBe(signal with { Body = default });
        },
        iter: 2_000,
        threads: 1);

    [Fact]
    public void A_frame_cut_before_its_body_is_none() => Signals.Sample(
        static signal =>
        {
            var frame = Framed(1, 7, RealtimeFrame.Write(signal with { Body = default }));
            for (var length = 0; length < frame.Length; length++)
            {
                RealtimeFrame.TryRead(frame.AsMemory(0, length), out _, out var cut).ShouldBeFalse();
                cut.ShouldBeNull();
            }
        },
        iter: 200,
        threads: 1);

    [Fact]
    public void Any_bytes_are_read_or_refused() => Gen.Select(Gen.Byte[0, 3], Gen.Byte.Array[0, 600]).Sample(
        static (kind, bytes) =>
        {
            byte[] frame = [kind, .. bytes];
            if (RealtimeFrame.TryRead(frame, out var number, out var signal) && signal is not null)
            {
                RealtimeFrame.Write(signal).ShouldBe(frame[HeadBytes..]);
                number.ShouldBeGreaterThan(0);
            }
        },
        iter: 100_000,
        threads: 1);

    [Fact]
    public void A_beat_has_a_number_and_nothing_more()
    {
        RealtimeFrame.TryRead(Framed(2, 12, []), out var number, out var signal).ShouldBeTrue();
        number.ShouldBe(12);
        signal.ShouldBeNull();
        RealtimeFrame.TryRead(Framed(2, 12, [0]), out _, out _).ShouldBeFalse();
        RealtimeFrame.TryRead(Framed(2, 0, []), out _, out _).ShouldBeFalse();
        RealtimeFrame.TryRead(Framed(3, 12, []), out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_signal_has_the_bytes_that_are_documented()
    {
        var signal = new RealtimeSignal(
            new ClientId(new Guid("00112233-4455-6677-8899-aabbccddeeff")), ConversationId: null, UserId.Parse("al"), Version: 7, "t", "{}"u8.ToArray(), TraceParent: null);

        Convert.ToHexStringLower(RealtimeFrame.Write(signal)).ShouldBe(
            "06" + "00112233445566778899aabbccddeeff" + "02616c" + "0000000000000007" + "0174" + "7b7d");
    }

    [Theory]
    [InlineData("")]
    [InlineData("größe")]
    public void A_type_that_no_frame_can_carry_is_a_bug(string type) => Should.Throw<ArgumentException>(() =>
        RealtimeFrame.Write(new RealtimeSignal(default, null, null, null, type, default, TraceParent: null)));

    private static byte[] Framed(byte kind, long number, ReadOnlySpan<byte> rest)
    {
        var frame = new byte[HeadBytes + rest.Length];
        frame[0] = kind;
        BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(1), number);
        rest.CopyTo(frame.AsSpan(HeadBytes));
        return frame;
    }
}
