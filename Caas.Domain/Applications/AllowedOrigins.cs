using System.Buffers;
using Caas.Domain.Validation;

namespace Caas.Domain.Applications;

/// <summary>What an application may list: origins (RFC 6454 section 6.2), as browsers write them.</summary>
internal static class AllowedOrigins
{
    private const int Most = 50;
    private const int MaxLength = 300;
    private const string Words = "must be an origin such as https://app.example.com: http or https, a host and at most a port.";

    private static readonly SearchValues<char> NotInAuthority = SearchValues.Create("/?#@\\*");

    /// <summary>The origins, each once, as browsers write them; or noted errors. Null where nothing is said.</summary>
    public static IReadOnlyList<string>? Check(Checks checks, string path, IReadOnlyList<string?>? values)
    {
        if (values is null)
        {
            return null;
        }

        if (values.Count > Most)
        {
            checks.Add(path, $"may hold at most {Most} origins.");
            return [];
        }

        var origins = new List<string>(values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            if (Serialize(values[i]) is not { } origin)
            {
                checks.Add($"{path}[{i}]", Words);
            }
            else if (!origins.Contains(origin, StringComparer.Ordinal))
            {
                origins.Add(origin);
            }
        }

        return origins;
    }

    // The default port is left out and names beyond ASCII are in Punycode: what the Origin header of a request holds.
    private static string? Serialize(string? value)
    {
        if (value is not { Length: > 0 and <= MaxLength }
            || !Uri.TryCreate(value, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https"))
        {
            return null;
        }

        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        var port = uri.IsDefaultPort ? string.Empty : $":{uri.Port}";
        var start = value.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        return value.AsSpan(start).ContainsAny(NotInAuthority) ? null : $"{uri.Scheme}://{host}{port}";
    }
}
