using System.Text;
using System.Text.Json;
using Caas.Domain.Errors;
using Caas.Domain.Ids;

namespace Caas.Domain.Validation;

/// <summary>
/// Gathers what is wrong with an input, under the JSON path as the caller wrote it. Every check gives the value in its
/// own type, or a default where it noted an error.
/// </summary>
/// <param name="limits">The caps.</param>
public sealed class Checks(LimitsOptions limits)
{
    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    /// <summary>The caps.</summary>
    public LimitsOptions Limits => limits;

    /// <summary>What is wrong, as one refusal; null where nothing is.</summary>
    public Error? Error => _errors.Count == 0
        ? null
        : new Error(ErrorCatalogue.ValidationFailed, Summary()) { Fields = _errors };

    /// <summary>Notes an error; only the first of a path is kept.</summary>
    public void Add(string path, string reason) => _errors.TryAdd(path, [reason]);

    /// <summary>A value that must be there.</summary>
    public bool Require(string path, object? value)
    {
        if (value is null)
        {
            Add(path, "is required.");
        }

        return value is not null;
    }

    /// <summary>An id that the server made. Where it is well-formed it may still belong to nobody.</summary>
    public TId Id<TId>(string path, string? value)
        where TId : struct, ITypeId<TId>
    {
        if (!Require(path, value))
        {
            return default;
        }

        if (!TypeId.TryParse<TId>(value, out var id))
        {
            Add(path, $"must be an id that begins with {TId.Prefix}_.");
        }

        return id;
    }

    /// <summary>An id that the server made, or nothing.</summary>
    public TId? OptionalId<TId>(string path, string? value)
        where TId : struct, ITypeId<TId> => value is null ? null : Id<TId>(path, value);

    /// <summary>A user id.</summary>
    public UserId UserId(string path, string? value)
    {
        if (!Require(path, value))
        {
            return default;
        }

        if (!Ids.UserId.TryParse(value, out var id))
        {
            Add(path, "must be 1 to 128 of A-Z a-z 0-9 . _ @ : -");
        }

        return id;
    }

    /// <summary>A list of different user ids, at most so many; nothing counts as none.</summary>
    public IReadOnlyList<UserId> UserIds(string path, IReadOnlyList<string?>? values, int most)
    {
        if (values is null or [])
        {
            return [];
        }

        if (values.Count > most)
        {
            Add(path, $"may hold at most {most} users.");
            return [];
        }

        var seen = new HashSet<UserId>();
        var ids = new List<UserId>(values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            var id = UserId($"{path}[{i}]", values[i]);
            if (seen.Add(id))
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    /// <summary>A text of at most so many characters without control characters; empty counts as nothing.</summary>
    public string? Name(string path, string? value, bool required = false)
    {
        if (required && string.IsNullOrWhiteSpace(value))
        {
            Add(path, "is required.");
            return null;
        }

        if (value is { } name && (name.Length > limits.NameLength || name.Any(char.IsControl)))
        {
            Add(path, $"may hold at most {limits.NameLength} characters, and no control characters.");
        }

        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>A short text of visible characters that the caller made up.</summary>
    public string Label(string path, string? value, int most)
    {
        if (!Require(path, value))
        {
            return string.Empty;
        }

        if (value!.Length < 1 || value.Length > most || value.Any(char.IsControl))
        {
            Add(path, $"must be 1 to {most} characters, without control characters.");
        }

        return value;
    }

    /// <summary>The text of a message: Unicode as it is, without NUL, capped in bytes of UTF-8.</summary>
    public string? Text(string path, string? value)
    {
        if (value is null)
        {
            return null;
        }

        if (value.Contains('\0', StringComparison.Ordinal))
        {
            Add(path, "may not hold the character U+0000.");
        }

        // No character of UTF-16 takes more than three bytes: short texts need no counting.
        if (value.Length * 3 > limits.TextBytes && Encoding.UTF8.GetByteCount(value) > limits.TextBytes)
        {
            Add(path, $"may hold at most {limits.TextBytes} bytes of UTF-8.");
        }

        return value;
    }

    /// <summary>Attributes: a JSON object, capped in bytes.</summary>
    public JsonElement? Attributes(string path, JsonElement? value)
    {
        if (value is not { } attributes)
        {
            return null;
        }

        if (attributes.ValueKind != JsonValueKind.Object)
        {
            Add(path, "must be a JSON object.");
            return null;
        }

        if (Encoding.UTF8.GetByteCount(attributes.GetRawText()) > limits.AttributesBytes)
        {
            Add(path, $"may hold at most {limits.AttributesBytes} bytes of JSON.");
        }

        return attributes.Clone();
    }

    /// <summary>One of a few words.</summary>
    public TEnum OneOf<TEnum>(string path, string? value, TEnum otherwise, params ReadOnlySpan<(string Word, TEnum Value)> words)
    {
        if (value is null)
        {
            return otherwise;
        }

        foreach (var (word, meaning) in words)
        {
            if (word == value)
            {
                return meaning;
            }
        }

        var known = new List<string>();
        foreach (var (word, _) in words)
        {
            known.Add(word);
        }

        Add(path, $"must be one of: {string.Join(", ", known)}.");
        return otherwise;
    }

    private string Summary()
    {
        var (path, reasons) = _errors.First();
        return _errors.Count == 1 ? $"{path}: {reasons[0]}" : $"{path}: {reasons[0]} (and {_errors.Count - 1} more)";
    }
}
