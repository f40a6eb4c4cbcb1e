using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Http.Credentials;
using Caas.Http.Resources;

namespace Caas.Gateway.Keys;

/// <summary>The API key that <c>{keyId}</c> names, if it is the caller's client's and not revoked.</summary>
internal sealed class KeyPath : IPathResource
{
    private readonly ApiKey? _found;

    private KeyPath(ApiKey? found) => _found = found;

    /// <inheritdoc/>
    public Error? Error => _found is null ? Error.NotFound : null;

    /// <summary>The key; only where the filter let the request through.</summary>
    public ApiKey Value => _found ?? throw new InvalidOperationException("The endpoint's group lacks the path filter.");

    /// <summary>Called by the framework.</summary>
    public static async ValueTask<KeyPath> BindAsync(HttpContext context)
    {
        if (!TypeId.TryParse<KeyId>(context.GetRouteValue("keyId") as string, out var id))
        {
            return new KeyPath(null);
        }

        var keys = context.RequestServices.GetRequiredService<IApiKeyStore>();
        return new KeyPath(await keys.FindAsync(RequestCaller.Of(context).ClientId, id, context.RequestAborted));
    }
}
