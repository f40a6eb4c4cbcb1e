using Caas.Domain.Errors;
using Caas.Domain.Messages;
using Caas.Http.Credentials;
using Caas.Http.Resources;

namespace Caas.Messaging.Messages;

/// <summary>The message that <c>{messageId}</c> names, as the caller sees it.</summary>
internal sealed class MessagePath : IPathResource
{
    private readonly Result<Message> _found;

    private MessagePath(Result<Message> found) => _found = found;

    /// <inheritdoc/>
    public Error? Error => _found.Error;

    /// <summary>The message; only where the filter let the request through.</summary>
    public Message Value => _found.Value ?? throw new InvalidOperationException("The endpoint's group lacks the path filter.");

    /// <summary>Called by the framework.</summary>
    public static async ValueTask<MessagePath> BindAsync(HttpContext context)
    {
        var messages = context.RequestServices.GetRequiredService<MessageCommands>();
        return new MessagePath(await messages.FindAsync(
            RequestCaller.Of(context), context.GetRouteValue("messageId") as string, context.RequestAborted));
    }
}
