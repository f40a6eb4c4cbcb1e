using Caas.Domain.Applications;
using Caas.Domain.Ids;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Idempotency;
using Caas.Http.Json;
using Caas.Http.Paging;
using Caas.Http.Problems;
using Caas.Http.Resources;

namespace Caas.Gateway.Applications;

/// <summary>The endpoints of applications.</summary>
internal static class ApplicationsApi
{
    private const string Read = "clients:read";
    private const string Write = "clients:write";

    public static IEndpointRouteBuilder MapApplications(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/applications", "Applications");
        group.MapGet("/", ListAsync).Allow(Access.Key, Read)
            .Produces<Page<Application>>();
        group.MapPost("/", CreateAsync).Allow(Access.Key, Write).Idempotent()
            .Produces<Application>(StatusCodes.Status201Created);
        group.MapGet("/{applicationId}", Get).Allow(Access.Key, Read)
            .Produces<Application>();
        group.MapPatch("/{applicationId}", UpdateAsync).Allow(Access.Key, Write)
            .Produces<Application>();
        group.MapDelete("/{applicationId}", DeleteAsync).Allow(Access.Key, Write)
            .Produces(StatusCodes.Status204NoContent);
        return routes;
    }

    /// <summary>List the applications</summary>
    /// <remarks>In the order of their making.</remarks>
    private static async Task<IResult> ListAsync(
        RequestCaller who,
        string? limit,
        string? cursor,
        IApplicationStore applications,
        Pager pager,
        CancellationToken cancellationToken)
    {
        var scope = $"applications {who.Caller.ClientId} {who.Caller.Actor.Id}";
        if (!pager.Read(limit, cursor, scope).TryGet(out var request, out var error))
        {
            return new ProblemResult(error);
        }

        AppId? after = TypeId.TryParse<AppId>(request.After, out var last) ? last : null;
        var read = await applications.ListAsync(who.Caller.ClientId, after, request.Limit + 1, cancellationToken);
        return new ResourceResult<Page<Application>>(
            pager.Make(request, read, application => application, application => application.Id.ToString()));
    }

    /// <summary>Make an application</summary>
    /// <remarks>
    /// A boundary of credentials, audience, CORS and webhooks; users and conversations belong to the client. Browsers
    /// may use its credentials from <c>allowedOrigins</c>.
    /// </remarks>
    private static async Task<IResult> CreateAsync(
        RequestCaller who,
        JsonBody<CreateApplicationInput> body,
        CreateApplication create,
        ApiJson json,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var idempotency = RequestIdempotency.Write<Application>(
            context, made => Answer(made).Store(json.TypeInfo<Application>()));
        var created = await create.ExecuteAsync(who.Caller, body.Value, idempotency, cancellationToken);
        return created.TryGet(out var application, out var error) ? Answer(application) : new ProblemResult(error);
    }

    /// <summary>Read an application</summary>
    private static ResourceResult<Application> Get(ApplicationPath application) =>
        new(application.Value, etag: application.Value.Etag);

    /// <summary>Change an application</summary>
    /// <remarks>
    /// What is left out stays as it is; <c>allowedOrigins</c> replaces the whole list. Honours <c>If-Match</c>.
    /// </remarks>
    private static async Task<IResult> UpdateAsync(
        RequestCaller who,
        ApplicationPath application,
        JsonBody<UpdateApplicationInput> body,
        UpdateApplication update,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!IfMatch.Read(request).TryGet(out var etag, out var error))
        {
            return new ProblemResult(error);
        }

        var updated = await update.ExecuteAsync(who.Caller, application.Value.Id, body.Value, etag, cancellationToken);
        return updated.TryGet(out var changed, out error)
            ? new ResourceResult<Application>(changed, etag: changed.Etag)
            : new ProblemResult(error);
    }

    /// <summary>Delete an application</summary>
    /// <remarks>
    /// Its keys and its users' tokens are refused from now on; users and conversations stay. The last application of a
    /// client is not deleted: 409 <c>conflict</c>. Honours <c>If-Match</c>.
    /// </remarks>
    private static async Task<IResult> DeleteAsync(
        RequestCaller who,
        ApplicationPath application,
        DeleteApplication delete,
        Revocations revocations,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!IfMatch.Read(request).TryGet(out var etag, out var error))
        {
            return new ProblemResult(error);
        }

        if (await delete.ExecuteAsync(who.Caller, application.Value, etag, cancellationToken) is { } refusal)
        {
            return new ProblemResult(refusal);
        }

        await revocations.CatchUpAsync(CancellationToken.None);
        return TypedResults.NoContent();
    }

    private static ResourceResult<Application> Answer(Application application) => new(
        application, StatusCodes.Status201Created, application.Etag, $"/api/applications/{application.Id}");
}
