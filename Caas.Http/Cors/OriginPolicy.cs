using Caas.Domain.Applications;
using Caas.Domain.Callers;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Cors;

/// <summary>
/// Which web pages may call, over HTTP and on sockets alike. A preflight carries no credential, so it asks whether anybody
/// lists its origin; the request itself asks the application of its credential. Thread-safe.
/// </summary>
public sealed class OriginPolicy(IApplicationStore applications, OriginOptions options)
{
    private const int MaxLength = 300;

    /// <summary>Whether some application lists this origin, or it is one of this machine and these may call.</summary>
    public async ValueTask<bool> IsKnownAsync(string origin, CancellationToken cancellationToken) =>
        IsOpenLoopback(origin)
        || (origin.Length is > 0 and <= MaxLength && await applications.IsOriginListedAsync(origin, cancellationToken));

    /// <summary>Whether the application of this credential lists the origin, or it is one of this machine and these may call.</summary>
    public async ValueTask<bool> IsAllowedAsync(Caller caller, string origin, CancellationToken cancellationToken) =>
        IsOpenLoopback(origin)
        || (await applications.FindAsync(caller.ClientId, caller.ApplicationId, cancellationToken) is { } application
            && OriginRule.Allows(application, origin));

    /// <summary>Whether the page comes from the very host that is asked, which is no cross-origin request at all.</summary>
    public static bool IsOwn(HttpRequest request, string origin) =>
        string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);

    // As browsers write origins: no user, no path; IsLoopback also knows 127.0.0.2 and the like.
    private bool IsOpenLoopback(string origin) =>
        options.AllowLoopbackOrigins == true
        && origin.StartsWith("http://", StringComparison.Ordinal)
        && Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri is { IsLoopback: true, PathAndQuery: "/", UserInfo: "", Fragment: "" };
}
