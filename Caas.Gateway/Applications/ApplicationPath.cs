using Caas.Domain.Applications;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Http.Credentials;
using Caas.Http.Resources;

namespace Caas.Gateway.Applications;

/// <summary>The application that <c>{applicationId}</c> names, if it is the caller's client's.</summary>
internal sealed class ApplicationPath : IPathResource
{
    private readonly Application? _found;

    private ApplicationPath(Application? found) => _found = found;

    /// <inheritdoc/>
    public Error? Error => _found is null ? Error.NotFound : null;

    /// <summary>The application; only where the filter let the request through.</summary>
    public Application Value => _found ?? throw new InvalidOperationException("The endpoint's group lacks the path filter.");

    /// <summary>Called by the framework.</summary>
    public static async ValueTask<ApplicationPath> BindAsync(HttpContext context)
    {
        if (!TypeId.TryParse<AppId>(context.GetRouteValue("applicationId") as string, out var id))
        {
            return new ApplicationPath(null);
        }

        var applications = context.RequestServices.GetRequiredService<IApplicationStore>();
        return new ApplicationPath(
            await applications.FindAsync(RequestCaller.Of(context).ClientId, id, context.RequestAborted));
    }
}
