using System.Text;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using CsCheck;

namespace Caas.Tests.Contracts;

/// <summary>What every <see cref="IEventCodec"/> promises.</summary>
public abstract class EventCodecContract : IAsyncLifetime
{
    protected IEventCodec Codec { get; private set; } = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Codec = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public Task Every_kept_event_comes_back_byte_for_byte() => EventGenerator.Kept.SampleAsync(
        async occurred =>
        {
            var json = EventJson.Write(occurred);

            var value = await Codec.EncodeAsync(Topics.Events, Kept(json), Stop);
            var decoded = await Codec.DecodeAsync(value, Stop);

            Encoding.UTF8.GetString(EventJson.Write(decoded)).ShouldBe(Encoding.UTF8.GetString(json));
        },
        iter: 2_000,
        threads: 1);

    [Fact]
    public Task An_event_from_memory_comes_back_as_its_bytes() => EventGenerator.Kept.SampleAsync(
        async occurred =>
        {
            var change = Change.Of(occurred, occurred.Version ?? 1, traceParent: null);

            var value = await Codec.EncodeAsync(Topics.Events, change, Stop);

            EventJson.Write(await Codec.DecodeAsync(value, Stop)).ShouldBe(change.Body.ToArray());
        },
        iter: 2_000,
        threads: 1);

    [Fact]
    public async Task An_event_is_decoded_for_who_asks_for_its_type_alone()
    {
        var sent = EventGenerator.One();
        var value = await Codec.EncodeAsync(Topics.Events, Kept(EventJson.Write(sent)), Stop);

        foreach (var _ in Enumerable.Range(0, 2))
        {
            (await Codec.DecodeAsync(value, EventTypes.UserDeleted, Stop)).ShouldBeNull();
            (await Codec.DecodeAsync(value, EventTypes.MessageEdited, Stop)).ShouldBeNull();
            (await Codec.DecodeAsync(value, sent.Type, Stop)).ShouldNotBeNull().Id.ShouldBe(sent.Id);
        }
    }

    [Fact]
    public Task A_value_that_was_changed_is_another_event_or_refused() => Gen.Select(
        EventGenerator.Kept, Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 3]).SampleAsync(
        async (occurred, at, replacement, cut) =>
        {
            var value = (await Codec.EncodeAsync(Topics.Events, Kept(EventJson.Write(occurred)), Stop)).ToArray();
            value[at % value.Length] = replacement;
            await DecodeOrRefuseAsync(value.AsMemory(0, value.Length - cut));
        },
        iter: 3_000,
        threads: 1);

    [Fact]
    public Task Bytes_of_any_kind_are_refused_and_nothing_else_happens() => Gen.Byte.Array[0, 200].SampleAsync(
        bytes => DecodeOrRefuseAsync(bytes), iter: 3_000, threads: 1);

    [Fact]
    public async Task An_unknown_schema_is_refused()
    {
        await Should.ThrowAsync<InvalidDataException>(async () =>
            await Codec.DecodeAsync(new byte[] { 0, 0, 0, 0x27, 0x0f, 0 }, Stop));
    }

    [Theory]
    [InlineData("typing.started")]
    [InlineData("presence.changed")]
    [InlineData("nonsense")]
    public async Task What_is_never_kept_has_no_value(string type)
    {
        var occurred = EventGenerator.One() with { Type = type };

        await Should.ThrowAsync<InvalidDataException>(async () =>
            await Codec.EncodeAsync(Topics.Events, Kept(EventJson.Write(occurred)), Stop));
    }

    [Fact]
    public async Task What_is_no_event_has_no_value()
    {
        await Should.ThrowAsync<InvalidDataException>(async () => await Codec.EncodeAsync(Topics.Events, Kept("{}"u8.ToArray()), Stop));
        await Should.ThrowAsync<InvalidDataException>(async () => await Codec.EncodeAsync(Topics.Events, Kept("{"u8.ToArray()), Stop));
        await Should.ThrowAsync<InvalidDataException>(async () =>
            await Codec.EncodeAsync(Topics.Events, Kept(EventJson.Write(EventGenerator.One() with { Data = new EventBody() })), Stop));
    }

    [Fact]
    public async Task The_same_kind_has_an_id_of_its_own_in_each_topic_and_is_read_from_both()
    {
        var json = EventJson.Write(EventGenerator.One());

        foreach (var topic in new[] { Topics.Events, Topics.DeadLetters })
        {
            var decoded = await Codec.DecodeAsync(await Codec.EncodeAsync(topic, Kept(json), Stop), Stop);
            EventJson.Write(decoded).ShouldBe(json);
        }
    }

    /// <summary>The adapter with a registry of its own.</summary>
    protected abstract ValueTask<IEventCodec> StartAsync();

    /// <summary>The end.</summary>
    protected abstract ValueTask StopAsync();

    private async Task DecodeOrRefuseAsync(ReadOnlyMemory<byte> value)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            await Codec.DecodeAsync(value, Stop);
        }
        catch (InvalidDataException)
        {
            // The only way to say no.
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
    }

    // As it is read from the store: the codec has nothing but its bytes.
    private static Change Kept(ReadOnlyMemory<byte> json) =>
        new(new ClientId(Guid.Empty), ConversationId: null, 1, EventTypes.MessageSent, json, TraceParent: null);
}
