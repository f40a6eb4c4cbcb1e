using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caas.Domain.Events;

/// <summary>Times as RFC 3339 in UTC with exactly three digits of milliseconds: <c>2026-11-24T15:04:05.678Z</c>.</summary>
public sealed class TimestampConverter : JsonConverter<DateTimeOffset>
{
    private const int Length = 24;

    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var value)
            ? value.ToUniversalTime()
            : throw new JsonException("Not an RFC 3339 time.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[Length];
        value.UtcDateTime.TryFormat(text, out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text);
    }
}
