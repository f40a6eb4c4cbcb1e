using Caas.Domain.Callers;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Credentials;

/// <summary>
/// The caller as a parameter of an endpoint. Never null behind the group's policy: an endpoint outside one fails.
/// </summary>
/// <param name="Caller">The caller.</param>
public readonly record struct RequestCaller(Caller Caller)
{
    /// <summary>Called by the framework.</summary>
    public static ValueTask<RequestCaller> BindAsync(HttpContext context) =>
        new(new RequestCaller(Of(context)));

    /// <summary>The caller of a request that the credential middleware let through.</summary>
    public static Caller Of(HttpContext context) =>
        context.Features.Get<RequestIdentity>()?.Caller
        ?? throw new InvalidOperationException("The endpoint has no caller: it lacks its group's policy.");
}
