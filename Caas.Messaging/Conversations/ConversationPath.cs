using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Http.Credentials;
using Caas.Http.Resources;

namespace Caas.Messaging.Conversations;

/// <summary>The conversation that <c>{conversationId}</c> names, as the caller sees it.</summary>
internal sealed class ConversationPath : IPathResource
{
    private readonly Result<ConversationView> _found;

    private ConversationPath(Result<ConversationView> found) => _found = found;

    /// <inheritdoc/>
    public Error? Error => _found.Error;

    /// <summary>The conversation; only where the filter let the request through.</summary>
    public ConversationView View => _found.Value ?? throw new InvalidOperationException("The endpoint's group lacks the path filter.");

    /// <summary>Its id.</summary>
    public ConversationId Id => View.Head.Id;

    /// <summary>Called by the framework.</summary>
    public static async ValueTask<ConversationPath> BindAsync(HttpContext context)
    {
        if (!TypeId.TryParse<ConversationId>(context.GetRouteValue("conversationId") as string, out var id))
        {
            return new ConversationPath(Error.NotFound);
        }

        var access = context.RequestServices.GetRequiredService<ConversationAccess>();
        return new ConversationPath(await access.ReadAsync(RequestCaller.Of(context), id, context.RequestAborted));
    }
}
