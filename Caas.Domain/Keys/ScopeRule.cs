using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Validation;

namespace Caas.Domain.Keys;

/// <summary>Which scopes one key may give another.</summary>
internal static class ScopeRule
{
    /// <summary>The scopes, each once; or noted errors. Null where nothing is said.</summary>
    public static IReadOnlyList<string>? Check(Checks checks, string path, IReadOnlyList<string?>? values)
    {
        if (values is null)
        {
            return null;
        }

        if (values.Count == 0 || values.Count > ApiScopes.All.Count)
        {
            checks.Add(path, $"must hold 1 to {ApiScopes.All.Count} scopes.");
            return [];
        }

        var scopes = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is { } scope && ApiScopes.All.Contains(scope, StringComparer.Ordinal))
            {
                scopes.Add(scope);
            }
            else
            {
                checks.Add($"{path}[{i}]", $"must be one of: {string.Join(", ", ApiScopes.All)}.");
            }
        }

        return InOrder(scopes);
    }

    /// <summary>The scopes in the order of <see cref="ApiScopes.All"/>.</summary>
    public static IReadOnlyList<string> InOrder(IReadOnlySet<string> scopes) => [.. ApiScopes.All.Where(scopes.Contains)];

    /// <summary><c>insufficient_scope</c> where a key with these scopes could do more than the caller; null else.</summary>
    public static Error? Escalation(Caller caller, IReadOnlyList<string> scopes)
    {
        var beyond = scopes.Where(scope => !caller.Scopes.Contains(scope)).ToList();
        return beyond.Count == 0
            ? null
            : new Error(ErrorCatalogue.InsufficientScope, $"A key gives no more than it has, and this one lacks: {string.Join(", ", beyond)}.");
    }
}
