using System.Text;
using System.Text.Json;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Messages;
using Caas.Domain.Validation;
using Caas.Engines.Avro;
using Caas.Http.Json;
using Caas.Messaging;
using Caas.Tests.Contracts;

namespace Caas.Tests.Fuzz;

/// <summary>What fuzzing found, each in one sentence; the inputs are kept in the corpus.</summary>
public sealed class FindingTests
{
    private const string Scope = "sync client_a alice";

    private static readonly CursorSeal Seal = new(new byte[32]);

    /// <summary>It was a 500: the bytes of attributes went through unread until their text was asked for.</summary>
    [Theory]
    [InlineData("{\"attributes\":{\"a\":\"", "\"}}")]
    [InlineData("{\"text\":\"", "\"}")]
    [InlineData("{\"attributes\":{\"", "\":1}}")]
    public void A_body_that_is_no_utf_8_is_malformed_wherever_it_is_not(string before, string after)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes(before), 0xc3, 0x28, .. Encoding.UTF8.GetBytes(after)];
        var api = new ApiJson(new LimitsOptions(), [new ApiJsonContext(MessagingJson.Default)]);

        StrictJson.Read<SendMessageInput>(body, api).Error.ShouldNotBeNull().Code.ShouldBe(ErrorCatalogue.MalformedJson);
    }

    /// <summary>It was an InvalidOperationException, and so a 500 of the registry.</summary>
    [Theory]
    [InlineData("""
        "\ud800"
        """)]
    [InlineData("""{"type":"record","name":"\udc00","fields":[]}""")]
    [InlineData("""{"type":"record","name":"A","fields":[{"name":"f","type":"string","default":"\ud800"}]}""")]
    [InlineData("""{"type":"int","\ud800":1}""")]
    public void A_schema_with_half_of_a_surrogate_pair_is_no_schema(string text) =>
        Should.Throw<InvalidDataException>(() => AvroSchemaParser.Parse(text));

    /// <summary>It was an event that could not be written, or could be written and not be read.</summary>
    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]")]
    public void An_event_with_attributes_that_cannot_be_kept_is_no_event(string attributes)
    {
        var occurred = EventGenerator.One();
        occurred = occurred with
        {
            Data = new EventBody { Message = occurred.Data.Message! with { Attributes = JsonElement.Parse(attributes) } },
        };
        var writer = new AvroWriter(1_024);
        EventEncoder.Write(ref writer, occurred, EventKind.Message);
        var value = writer.Written.ToArray();
        writer.Return();

        Should.Throw<InvalidDataException>(() =>
        {
            var reader = new AvroReader(value);
            EventDecoder.Read(ref reader, EventKind.Message);
        });
    }

    [Fact]
    public void The_deepest_attributes_that_bodies_may_have_can_be_kept()
    {
        var deep = new LimitsOptions { JsonDepth = EventJson.MaxAttributesDepth };
        var attributes = new string('[', deep.JsonDepth) + new string(']', deep.JsonDepth);
        var occurred = EventGenerator.One();
        occurred = occurred with
        {
            Data = new EventBody { Message = occurred.Data.Message! with { Attributes = JsonElement.Parse(attributes) } },
        };
        var json = EventJson.Write(occurred);

        EventJson.Write(EventJson.Read(json)).ShouldBe(json);
        deep.Validate().ShouldBeEmpty();
        deep.JsonDepth++;
        deep.Validate().ShouldHaveSingleItem().ShouldStartWith("Caas:Limits:JsonDepth: ");
    }

    /// <summary>A cursor had several texts: base64 may be padded and spaced.</summary>
    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData("\n")]
    [InlineData(" ")]
    public void A_cursor_with_something_behind_it_was_altered(string behind)
    {
        foreach (var payload in new[] { "1", "12", "123" })
        {
            var cursor = Seal.Seal(Scope, payload);

            Seal.Open(Scope, cursor).ShouldBe(payload);
            Seal.Open(Scope, cursor + behind).ShouldBeNull();
        }
    }

    /// <summary>It was a FormatException, or a place that means something else.</summary>
    [Theory]
    [InlineData("a b c d e f g")]
    [InlineData("9223372036854775808 0 0 0 - - 0")]
    [InlineData("0 253402300800000 0 0 - - 0")]
    [InlineData("+1 0 0 0 - - 0")]
    [InlineData("-1 0 0 0 - - 0")]
    [InlineData("0 0 0 0 conv_x - 0")]
    [InlineData("0 0 0 0 - - 0 0")]
    public void A_place_in_a_sync_that_was_not_written_as_one_is_refused(string text)
    {
        SyncCursor.TryParse(text, out var place).ShouldBeFalse();
        place.ShouldBe(SyncCursor.Start);
    }
}
