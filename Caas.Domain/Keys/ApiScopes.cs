namespace Caas.Domain.Keys;

/// <summary>What an API key may do: an area, and <c>:read</c> or <c>:write</c>.</summary>
public static class ApiScopes
{
    private static readonly string[] Areas =
        ["clients", "users", "tokens", "conversations", "messages", "files", "webhooks", "policies", "audit"];

    /// <summary>All of them; the first key of a client has them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Areas.SelectMany(area => new[] { area + ":read", area + ":write" })];
}
