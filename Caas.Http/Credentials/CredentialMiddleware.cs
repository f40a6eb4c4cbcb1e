using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Http.Limits;
using Caas.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Credentials;

/// <summary>
/// Reads the credential of every request under <c>/api</c>, before anything else is looked at, and takes the request
/// from the caller's budget: 401, then 429. What comes without a valid credential is counted by IP address.
/// </summary>
internal sealed class CredentialMiddleware(RequestDelegate next, CredentialReader credentials, PlatformKey platformKey, RequestLimits limits)
{
    private const string Scheme = "Bearer ";
    private const string ActFor = "Caas-User";

    private static readonly Error Missing =
        new(ErrorCatalogue.Unauthenticated, "Send Authorization: Bearer <API key or access token>.");

    private static readonly Error NoPlatformKey =
        new(ErrorCatalogue.InvalidCredential, "The platform key is needed here.");

    // What is not of the API goes on without a state machine of this middleware: a socket would hold it as long as it lives.
    public Task InvokeAsync(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) ? AdmitAsync(context) : next(context);

    private async Task AdmitAsync(HttpContext context)
    {
        var access = context.GetEndpoint()?.Metadata.GetMetadata<AccessMetadata>()?.Access ?? Access.UserOrKey;
        if (access == Access.Elsewhere)
        {
            await PassOnAsync(context);
            return;
        }

        var read = await ReadAsync(context, access);
        var refused = await limits.AcquireAsync(context, read.Value, context.RequestAborted);
        if (refused is not null)
        {
            await ProblemResult.WriteAsync(context, refused);
            return;
        }

        if (!read.TryGet(out var identity, out var error))
        {
            await ProblemResult.WriteAsync(context, error);
            return;
        }

        context.Features.Set(identity);
        await next(context);
    }

    // The credential is judged where the endpoint is. What shows none will be refused there, and is limited here already.
    private async Task PassOnAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization.Count == 0
            && await limits.AcquireAtEdgeAsync(context.Connection, context.RequestAborted) is { } refused)
        {
            await ProblemResult.WriteAsync(context, refused);
            return;
        }

        await next(context);
    }

    private async ValueTask<Result<RequestIdentity>> ReadAsync(HttpContext context, Access access)
    {
        if (access == Access.Anyone)
        {
            return RequestIdentity.Nobody;
        }

        var header = context.Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return Missing;
        }

        var text = header.ToString();
        if (header.Count > 1 || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return new Error(ErrorCatalogue.InvalidCredential, "Send one Authorization: Bearer <API key or access token>.");
        }

        var credential = text[Scheme.Length..].Trim();
        if (access == Access.Platform && platformKey.Matches(credential))
        {
            return RequestIdentity.Platform;
        }

        var read = await credentials.ReadAsync(credential, context.RequestAborted);
        if (read.TryGet(out var caller, out var error))
        {
            return ActingFor(context.Request, caller);
        }

        return access == Access.Platform ? NoPlatformKey : error;
    }

    // A user's token is always itself; only an API key may say for whom it acts.
    private static Result<RequestIdentity> ActingFor(HttpRequest request, Caller caller)
    {
        if (!caller.IsKey || !request.Headers.TryGetValue(ActFor, out var named))
        {
            return new RequestIdentity(caller);
        }

        return UserId.TryParse(named.ToString(), out var user)
            ? new RequestIdentity(caller with { UserId = user })
            : Error.Invalid(ActFor, "must be 1 to 128 of A-Z a-z 0-9 . _ @ : -");
    }
}

/// <summary>Who makes a request.</summary>
/// <param name="Caller">The caller; null for the platform key and where nobody has to show anything.</param>
internal sealed record RequestIdentity(Caller? Caller)
{
    /// <summary>Nobody has to show anything.</summary>
    public static RequestIdentity Nobody { get; } = new((Caller?)null);

    /// <summary>The operator.</summary>
    public static RequestIdentity Platform { get; } = new((Caller?)null);
}
