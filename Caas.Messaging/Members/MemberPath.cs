using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Http.Credentials;
using Caas.Http.Resources;
using Caas.Messaging.Conversations;

namespace Caas.Messaging.Members;

/// <summary>The member that <c>{userId}</c> names, of the conversation that the path names.</summary>
internal sealed class MemberPath : IPathResource
{
    private readonly Result<Member> _found;

    private MemberPath(Result<Member> found) => _found = found;

    /// <inheritdoc/>
    public Error? Error => _found.Error;

    /// <summary>The member; only where the filter let the request through.</summary>
    public Member Value => _found.Value ?? throw new InvalidOperationException("The endpoint's group lacks the path filter.");

    /// <summary>Called by the framework.</summary>
    public static async ValueTask<MemberPath> BindAsync(HttpContext context)
    {
        var conversation = await ConversationPath.BindAsync(context);
        if (conversation.Error is not null || !UserId.TryParse(context.GetRouteValue("userId") as string, out var userId))
        {
            return new MemberPath(Error.NotFound);
        }

        var members = context.RequestServices.GetRequiredService<IMemberReader>();
        var membership = await members.FindAsync(
            RequestCaller.Of(context).ClientId, conversation.Id, userId, context.RequestAborted);
        return new MemberPath(membership is { IsActive: true } ? membership.Member : Error.NotFound);
    }
}
