using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caas.Domain.Ids;

/// <summary>
/// The id of a user, chosen by the client and unique in it: 1 to 128 of <c>A-Z a-z 0-9 . _ @ : -</c>,
/// compared by ordinal.
/// </summary>
[JsonConverter(typeof(UserIdConverter))]
public readonly record struct UserId
{
    /// <summary>The longest user id, in characters.</summary>
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@:-");

    private UserId(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>Reads a text; false where it breaks the rule above.</summary>
    public static bool TryParse(string? text, out UserId id)
    {
        var valid = text is { Length: >= 1 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(Allowed);
        id = valid ? new UserId(text!) : default;
        return valid;
    }

    /// <summary>Reads a text that is known to be one; an <see cref="ArgumentException"/> where it is not.</summary>
    public static UserId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new ArgumentException("Not a user id.", nameof(text));

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Reads and writes a user id as its text.</summary>
public sealed class UserIdConverter : JsonConverter<UserId>
{
    /// <inheritdoc/>
    public override UserId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        UserId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("Not a user id.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, UserId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
