using System.Text.Json;
using System.Text.Unicode;

namespace Caas.Engines.Avro;

/// <summary>
/// JSON that is text throughout, so that whatever it holds can be read and written again: a string may not hold half of a
/// surrogate pair, which JSON's grammar lets an escape make.
/// </summary>
internal static class UnicodeJson
{
    /// <summary>The value of these bytes; an <see cref="InvalidDataException"/> where they are none, or deeper.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        try
        {
            return IsText(utf8, maxDepth)
                ? JsonElement.Parse(utf8, new JsonDocumentOptions { MaxDepth = maxDepth })
                : throw new InvalidDataException("The JSON is not Unicode.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("Not JSON.", e);
        }
    }

    private static bool IsText(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        if (!Utf8.IsValid(utf8))
        {
            return false;
        }

        if (utf8.IndexOf("\\u"u8) < 0)
        {
            return true;
        }

        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
