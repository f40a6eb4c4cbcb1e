using System.Text;
using System.Text.Json;
using Caas.Domain.Ids;

namespace Caas.Fuzz.Targets;

/// <summary>The ids of the server and of users, as text and in JSON.</summary>
/// <remarks>
/// Rules: an accepted id is written as the same text; a text is an id of one kind at most; JSON reads an id where text
/// does, and nowhere else.
/// </remarks>
internal sealed class TypeIdTarget : IFuzzTarget
{
    /// <inheritdoc/>
    public string Name => "type-id";

    /// <inheritdoc/>
    public string Reads => "ids with a prefix, and user ids";

    /// <inheritdoc/>
    public AllocationBound Bound { get; } = new(64 * 1024, 64);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Tokens { get; } = Oracle.Tokens(
        "app_", "client_", "conv_", "decision_", "device_", "evt_", "file_", "key_", "msg_", "session_", "_", "i", "l", "o", "u",
        "00000000000000000000000000", "7zzzzzzzzzzzzzzzzzzzzzzzzz", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "\u0131", "\uff10", "\u0000");

    /// <inheritdoc/>
    public int Run(ReadOnlyMemory<byte> input)
    {
        var text = Encoding.UTF8.GetString(input.Span);
        var kinds = Bit<AppId>(text, 0) | Bit<ClientId>(text, 1) | Bit<ConversationId>(text, 2) | Bit<DecisionId>(text, 3)
            | Bit<DeviceId>(text, 4) | Bit<EventId>(text, 5) | Bit<FileId>(text, 6) | Bit<KeyId>(text, 7) | Bit<MessageId>(text, 8)
            | Bit<SessionId>(text, 9);
        Oracle.Require(int.PopCount(kinds) <= 1, "A text is an id of one kind at most.");
        if (text is ['m' or '"' or '{', ..])
        {
            // A refusal is an exception, whose cost would leave no time for others.
            CheckJson(text, kinds);
        }

        return kinds | (UserIdOf(text) << 10);
    }

    private static int Bit<TId>(string text, int bit)
        where TId : struct, ITypeId<TId>
    {
        if (!TypeId.TryParse<TId>(text, out var id))
        {
            return 0;
        }

        Oracle.Require(id.ToString() == text, "An accepted id is written as the same text.");
        Oracle.Require(TypeId.TryParse<TId>(id.ToString(), out var again) && again.Value == id.Value, "An id has one text.");
        return 1 << bit;
    }

    private static int UserIdOf(string text)
    {
        if (!UserId.TryParse(text, out var id))
        {
            return 0;
        }

        Oracle.Require(id.ToString() == text && text.Length is >= 1 and <= UserId.MaxLength, "A user id is its text.");
        Oracle.Require(text.All(static character => character is > ' ' and < '\u007f'), "A user id is printable ASCII.");
        return 1;
    }

    // As a string, and as whatever JSON the text itself is.
    private static void CheckJson(string text, int kinds)
    {
        var read = ReadJson(JsonSerializer.SerializeToUtf8Bytes(text, FuzzJson.Default.String));
        Oracle.Require(read is not null == ((kinds & (1 << 8)) != 0), "JSON reads an id where text does.");
        Oracle.Require(read is null || read == text, "JSON reads the same id.");
        _ = ReadJson(Encoding.UTF8.GetBytes(text));
    }

    private static string? ReadJson(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, FuzzJson.Default.MessageId).ToString();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
