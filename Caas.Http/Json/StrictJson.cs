using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Caas.Domain.Errors;

namespace Caas.Http.Json;

/// <summary>Reads bodies and socket arguments, and says of a bad one what is wrong and where.</summary>
public static class StrictJson
{
    private const string UnknownMember = "could not be mapped to any .NET member";

    /// <summary>
    /// The value of these bytes. <c>malformed_json</c> where they are no JSON in UTF-8, are too deep or hold a key twice;
    /// <c>unknown_field</c> or <c>validation_failed</c> with the path where they are JSON of another shape, hold null
    /// (what is not there is left out) or text that is not Unicode.
    /// </summary>
    public static Result<T> Read<T>(ReadOnlySpan<byte> json, ApiJson api)
        where T : class
    {
        // Neither the scan nor the serializer looks at bytes that it only passes on, such as those of attributes.
        if (!Utf8.IsValid(json))
        {
            return new Error(ErrorCatalogue.MalformedJson, "Not UTF-8.");
        }

        if (Scan(json, api.MaxDepth) is { } flaw)
        {
            return flaw;
        }

        try
        {
            return JsonSerializer.Deserialize(json, api.TypeInfo<T>()) is { } value
                ? value
                : Error.Invalid("$", "must be a JSON object.");
        }
        catch (JsonException exception)
        {
            return Describe(exception);
        }
    }

    private static Error Describe(JsonException exception)
    {
        var path = PathOf(exception.Path);
        if (!exception.Message.Contains(UnknownMember, StringComparison.Ordinal))
        {
            return Error.Invalid(path, "is not of the type that is read here.");
        }

        // The message names the member between single quotes; the path may end before it.
        var parts = exception.Message.Split('\'');
        var name = parts.Length > 1 ? parts[1] : path;
        var full = path == "$" || path == name ? name : path.EndsWith("." + name, StringComparison.Ordinal) ? path : $"{path}.{name}";
        return Error.Invalid(ErrorCatalogue.UnknownField, full, "is not a field of this operation.");
    }

    private static string PathOf(string? path) =>
        path is null or "$" ? "$" : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path[1..];

    // One pass over the tokens: whether it is JSON at all, and what the serializer would let through.
    private static Error? Scan(ReadOnlySpan<byte> json, int maxDepth)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        var keys = new KeyStack();
        Error? first = null;
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        keys.Open(reader.TokenType == JsonTokenType.StartArray);
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        keys.Close();
                        break;
                    case JsonTokenType.PropertyName:
                        if (!keys.TryName(ref reader))
                        {
                            return new Error(ErrorCatalogue.MalformedJson, $"The key {keys.Path()} stands more than once, or is not Unicode.");
                        }

                        break;
                    default:
                        first ??= Value(ref reader, keys);
                        keys.Next();
                        break;
                }
            }

            return first;
        }
        catch (JsonException exception)
        {
            var line = ((exception.LineNumber ?? 0) + 1).ToString(CultureInfo.InvariantCulture);
            var column = ((exception.BytePositionInLine ?? 0) + 1).ToString(CultureInfo.InvariantCulture);
            return new Error(ErrorCatalogue.MalformedJson, $"Not JSON, or deeper than {maxDepth}: see line {line}, byte {column}.");
        }
    }

    private static Error? Value(ref Utf8JsonReader reader, KeyStack keys) => reader.TokenType switch
    {
        JsonTokenType.Null when !keys.IsFree => Error.Invalid(keys.Path(), "must be left out rather than null."),
        JsonTokenType.String when reader.ValueIsEscaped && !IsUnicode(ref reader) =>
            Error.Invalid(keys.Path(), "must be Unicode without U+0000."),
        _ => null,
    };

    private static bool IsUnicode(ref Utf8JsonReader reader)
    {
        try
        {
            return !reader.GetString()!.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate in an escape: JSON by its grammar, no text by Unicode.
            return false;
        }
    }

    /// <summary>Where the scan is: the keys seen in each open object, and the path to the present value.</summary>
    private sealed class KeyStack
    {
        private readonly Stack<Level> _levels = new();

        /// <summary>Inside attributes: the client's own words, where null is as good as any.</summary>
        public bool IsFree => _levels.Any(level => level is { Name: "attributes" });

        public void Open(bool isArray) => _levels.Push(new Level(isArray));

        public void Close()
        {
            _levels.Pop();
            Next();
        }

        public void Next()
        {
            if (_levels.TryPeek(out var level))
            {
                level.Index++;
            }
        }

        public bool TryName(ref Utf8JsonReader reader)
        {
            var level = _levels.Peek();
            try
            {
                level.Name = reader.GetString();
            }
            catch (InvalidOperationException)
            {
                return false;
            }

            return (level.Keys ??= new HashSet<string>(StringComparer.Ordinal)).Add(level.Name!)
                && !level.Name!.Contains('\0', StringComparison.Ordinal);
        }

        public string Path()
        {
            var path = new StringBuilder();
            foreach (var level in _levels.Reverse())
            {
                if (level.IsArray)
                {
                    path.Append(CultureInfo.InvariantCulture, $"[{level.Index}]");
                }
                else if (level.Name is { } name)
                {
                    path.Append(path.Length == 0 ? string.Empty : ".").Append(name);
                }
            }

            return path.Length == 0 ? "$" : path.ToString();
        }

        private sealed class Level(bool isArray)
        {
            public bool IsArray => isArray;

            public int Index { get; set; }

            public string? Name { get; set; }

            public HashSet<string>? Keys { get; set; }
        }
    }
}
