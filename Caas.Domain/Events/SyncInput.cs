using System.Text.Json;
using System.Text.Json.Serialization;
using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Receipts;

namespace Caas.Domain.Events;

/// <summary>The body of <c>POST /api/sync</c> and of <c>sync.request</c>.</summary>
/// <param name="Cursor">From the last answer; left out by a device that knows nothing.</param>
/// <param name="Conversations">Known versions by conversation id, to repair a hole; left out otherwise.</param>
/// <param name="Limit">The most changes: 1 to 1,000, 200 where left out.</param>
public sealed record SyncInput(string? Cursor, IReadOnlyDictionary<string, long>? Conversations, int? Limit);

/// <summary>What a device missed.</summary>
/// <param name="Changes">The events, in version order per conversation.</param>
/// <param name="Conversations">Headers of new conversations, and what became of those that are over.</param>
/// <param name="ReadPositions">The user's read positions that moved, also on other devices.</param>
/// <param name="Cursor">For the next sync; null where versions were named and no cursor was sent.</param>
/// <param name="HasMore">Whether to sync again at once.</param>
public sealed record SyncAnswer(
    IReadOnlyList<RawEvent> Changes,
    IReadOnlyList<SyncedConversation> Conversations,
    IReadOnlyList<SyncedReadPosition> ReadPositions,
    string? Cursor,
    bool HasMore);

/// <summary>A read position of the user's own.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="LastReadSequence">The position.</param>
public sealed record SyncedReadPosition(ConversationId ConversationId, long LastReadSequence)
{
    /// <summary>The position as sync tells it.</summary>
    public static SyncedReadPosition Of(ReadPosition position) => new(position.ConversationId, position.LastReadSequence);
}

/// <summary>An event as the bytes that are kept.</summary>
/// <param name="Json">The UTF-8 JSON.</param>
[JsonConverter(typeof(RawEventConverter))]
public readonly record struct RawEvent(ReadOnlyMemory<byte> Json);

/// <summary>Writes kept bytes as they are.</summary>
public sealed class RawEventConverter : JsonConverter<RawEvent>
{
    /// <inheritdoc/>
    public override RawEvent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new RawEvent(JsonSerializer.SerializeToUtf8Bytes(document.RootElement, EventJsonContext.Default.JsonElement));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RawEvent value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Json.Span, skipInputValidation: true);
}

/// <summary>What became of a conversation, for one device.</summary>
/// <param name="Id">The conversation.</param>
/// <param name="State">
/// <c>joined</c>: new to the device, with all its header; <c>left</c> and <c>deleted</c>: over; <c>reset</c>: too far
/// behind, to be read again by sequence.
/// </param>
/// <param name="Version">The version that the device then knows.</param>
/// <param name="Conversation">The header; only with <c>joined</c>.</param>
[JsonConverter(typeof(SyncedConversationConverter))]
public sealed record SyncedConversation(ConversationId Id, string State, long Version, Conversation? Conversation)
{
    /// <summary>The user is not a member any more.</summary>
    public const string Left = "left";

    /// <summary>The conversation is no more.</summary>
    public const string Deleted = "deleted";

    /// <summary>The device is too far behind.</summary>
    public const string Reset = "reset";

    /// <summary>A conversation that the device does not know.</summary>
    public static SyncedConversation Joined(Conversation conversation) =>
        new(conversation.Id, "joined", conversation.Version, conversation);

    /// <summary>A conversation that the device shall forget or read again.</summary>
    public static SyncedConversation Gone(ConversationId id, string state, long version) => new(id, state, version, null);
}

/// <summary>Writes <c>{ "state": "joined", ...conversation }</c> or <c>{ "id", "state", "version" }</c>.</summary>
public sealed class SyncedConversationConverter : JsonConverter<SyncedConversation>
{
    /// <inheritdoc/>
    public override SyncedConversation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Sync answers are written, never read.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, SyncedConversation value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("state"u8, value.State);
        if (value.Conversation is { } conversation)
        {
            foreach (var member in JsonSerializer.SerializeToElement(conversation, EventJsonContext.Default.Conversation).EnumerateObject())
            {
                member.WriteTo(writer);
            }
        }
        else
        {
            writer.WriteString("id"u8, value.Id.ToString());
            writer.WriteNumber("version"u8, value.Version);
        }

        writer.WriteEndObject();
    }
}
