using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Caas.Standalone.Smoke;

/// <summary>An answer over HTTP. What it tells of itself is its status and its stable code, never its body.</summary>
/// <param name="Request">Method and path.</param>
/// <param name="Status">The status.</param>
/// <param name="Headers">Every header by its name.</param>
/// <param name="Text">The body.</param>
internal sealed partial record SmokeAnswer(
    string Request, HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, string Text)
{
    /// <summary>The body; undefined where it is no JSON object.</summary>
    public JsonElement Json { get; } = Parse(Text);

    /// <summary>The code of a refusal; empty where there is none.</summary>
    public string Code => Json.At("code") is { ValueKind: JsonValueKind.String } code && Words.IsMatch(code.GetString()!)
        ? code.GetString()!
        : string.Empty;

    /// <summary>The answer where it has this status; else the step fails.</summary>
    public SmokeAnswer Expect(params ReadOnlySpan<int> statuses) =>
        statuses.Contains((int)Status)
            ? this
            : throw new SmokeFailureException($"{Request} to answer {string.Join(" or ", statuses.ToArray())}", Told);

    /// <summary>The refusal where it has this status and code, in the shape of every refusal.</summary>
    public SmokeAnswer ExpectRefusal(int status, string code)
    {
        Expect(status);
        if (Code != code)
        {
            throw new SmokeFailureException($"{Request} to be refused as {code}", Told);
        }

        return Header("Content-Type").StartsWith("application/problem+json", StringComparison.Ordinal)
            ? this
            : throw new SmokeFailureException($"{Request} to answer application/problem+json", "another media type");
    }

    /// <summary>A text in the body, such as <c>client.id</c>; a step fails where it is missing.</summary>
    public string Word(string path) =>
        Json.At(path) is { ValueKind: JsonValueKind.String } found
            ? found.GetString()!
            : throw new SmokeFailureException($"{path} in the answer of {Request}", "none");

    /// <summary>A number in the body.</summary>
    public long Number(string path) =>
        Json.At(path) is { ValueKind: JsonValueKind.Number } found && found.TryGetInt64(out var number)
            ? number
            : throw new SmokeFailureException($"{path} in the answer of {Request}", "none");

    /// <summary>A list in the body.</summary>
    public IReadOnlyList<JsonElement> List(string path) =>
        Json.At(path) is { ValueKind: JsonValueKind.Array } found
            ? [.. found.EnumerateArray()]
            : throw new SmokeFailureException($"{path} in the answer of {Request}", "none");

    /// <summary>A header; empty where it is missing.</summary>
    public string Header(string name) => Headers.GetValueOrDefault(name, string.Empty);

    private string Told => string.Create(CultureInfo.InvariantCulture, $"{(int)Status}{(Code.Length > 0 ? " " + Code : string.Empty)}");

    private static JsonElement Parse(string text)
    {
        try
        {
            return text.AsSpan().TrimStart().StartsWith('{') ? JsonElement.Parse(text) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    [GeneratedRegex("^[a-z0-9_]{1,64}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Words { get; }
}

/// <summary>Reads what others wrote, which may be anything.</summary>
internal static class SmokeJson
{
    /// <summary>What is at a path such as <c>client.id</c>; undefined where it is not there.</summary>
    public static JsonElement At(this JsonElement json, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
            {
                return default;
            }
        }

        return json;
    }

    /// <summary>The same as text; null where it is none.</summary>
    public static string? TextAt(this JsonElement json, string path) =>
        json.At(path) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    /// <summary>The same as a list; empty where it is none.</summary>
    public static IReadOnlyList<JsonElement> ListAt(this JsonElement json, string path) =>
        json.At(path) is { ValueKind: JsonValueKind.Array } found ? [.. found.EnumerateArray()] : [];

    /// <summary>The same as a whole number; null where it is none.</summary>
    public static long? NumberAt(this JsonElement json, string path) =>
        json.At(path) is { ValueKind: JsonValueKind.Number } found && found.TryGetInt64(out var number) ? number : null;
}
