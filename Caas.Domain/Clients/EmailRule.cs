using Caas.Domain.Validation;

namespace Caas.Domain.Clients;

/// <summary>What counts as an e-mail address: enough to catch a slip, for only a sent letter proves one.</summary>
internal static class EmailRule
{
    private const int MaxLength = 254;

    /// <summary>The address, or a noted error.</summary>
    public static string? Check(Checks checks, string path, string? value)
    {
        if (!checks.Require(path, value))
        {
            return null;
        }

        var at = value!.IndexOf('@', StringComparison.Ordinal);
        var valid = value.Length <= MaxLength
            && at > 0
            && at == value.LastIndexOf('@')
            && value.AsSpan(at + 1).Trim('.').Contains('.')
            && !value.Any(character => char.IsWhiteSpace(character) || char.IsControl(character));
        if (!valid)
        {
            checks.Add(path, "must be an e-mail address.");
        }

        return value;
    }
}
