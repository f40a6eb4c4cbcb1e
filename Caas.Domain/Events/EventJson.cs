using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caas.Domain.Events;

/// <summary>
/// Events as UTF-8 JSON: the bytes that are kept, and sent as they are to sockets, sync and webhooks.
/// Reading what was written and writing it again gives the same bytes.
/// </summary>
public static class EventJson
{
    /// <summary>The deepest attributes that an event may hold: it is nested itself, and must be readable when it was written.</summary>
    public const int MaxAttributesDepth = 60;

    // What is written is made by the serializer, whose order of tokens is right: no need to check it.
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>The event's bytes.</summary>
    public static byte[] Write(Event occurred)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        JsonSerializer.Serialize(writer, occurred, EventJsonContext.Default.Event);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The event of these bytes; a <see cref="JsonException"/> where they are none.</summary>
    public static Event Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, EventJsonContext.Default.Event) ?? throw new JsonException("Not an event.");

    /// <summary>When the event of these bytes happened, without reading all of it; null where they do not say.</summary>
    public static DateTimeOffset? FindOccurredAt(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
            {
                if (reader.ValueTextEquals("occurredAt"u8))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var at) ? at : null;
                }

                reader.Skip();
            }
        }

        return null;
    }

    /// <summary>
    /// The same event without the content of a person: a message loses text, attachments, mentions and attributes, a
    /// conversation its name and attributes, a user all but id, role and times. Ids, numbers and times stay.
    /// </summary>
    public static byte[] Blank(ReadOnlySpan<byte> json)
    {
        var occurred = Read(json);
        var data = occurred.Data;
        return Write(occurred with
        {
            Data = data with
            {
                Message = data.Message?.WithoutContent(),
                Conversation = data.Conversation is { } conversation
                    ? conversation with { Name = null, Attributes = null }
                    : null,
                User = data.User is { } user ? user with { Name = null, AvatarUrl = null, Attributes = null } : null,
            },
        });
    }
}

/// <summary>The JSON of events and of the resources in them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(TimestampConverter)])]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class EventJsonContext : JsonSerializerContext;
