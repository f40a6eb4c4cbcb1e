using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Policies;
using Caas.Domain.Users;

namespace Caas.Domain.Conversations;

/// <summary>
/// The way of every command into a conversation: find it as the caller sees it (404), ask whether they may (403), and
/// commit on the condition of what the answer was made from. Where the members changed in between, all of it again.
/// </summary>
public sealed class ConversationAccess(
    IConversationReader conversations,
    MembershipCache memberships,
    IUserStore users,
    IAuthorizer authorizer,
    IConversationLog log)
{
    // A conversation whose members change faster than we can decide is refused rather than tried for ever.
    private const int MaxAttempts = 5;

    /// <summary>The conversation as the caller sees it, perhaps from memory; <c>not_found</c>.</summary>
    public ValueTask<Result<ConversationView>> FindAsync(
        Caller caller, ConversationId conversationId, CancellationToken cancellationToken) =>
        FindAsync(caller, conversationId, fresh: false, cancellationToken);

    /// <summary>The conversation as the caller sees it, from the store; <c>not_found</c>.</summary>
    public ValueTask<Result<ConversationView>> ReadAsync(
        Caller caller, ConversationId conversationId, CancellationToken cancellationToken) =>
        FindAsync(caller, conversationId, fresh: true, cancellationToken);

    /// <summary>Asks whether the caller may; <c>not_found</c>, <c>forbidden</c>.</summary>
    public async ValueTask<Result<ConversationView>> AuthorizeAsync(
        Caller caller, ConversationId conversationId, AccessQuestion question, CancellationToken cancellationToken)
    {
        var remembered = await FindAsync(caller, conversationId, fresh: false, cancellationToken);
        var refusal = remembered.TryGet(out var view, out var missing)
            ? await AskAsync(caller, view, question, cancellationToken)
            : missing;
        if (refusal is null)
        {
            return remembered;
        }

        // Memory may be older than the membership that allows it: only the store may say no.
        var found = await FindAsync(caller, conversationId, fresh: true, cancellationToken);
        if (!found.TryGet(out var present, out missing))
        {
            return missing;
        }

        if (view is null || view.Head.MembersVersion != present.Head.MembersVersion)
        {
            refusal = await AskAsync(caller, present, question, cancellationToken);
        }

        return refusal is null ? found : refusal;
    }

    /// <summary>Asks, and commits; the refusals of both.</summary>
    public async ValueTask<Result<ConversationCommit>> CommitAsync(
        Caller caller,
        ConversationId conversationId,
        AccessQuestion question,
        ConversationChange change,
        CommitConditions conditions,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var allowed = await AuthorizeAsync(caller, conversationId, question, cancellationToken);
            if (!allowed.TryGet(out var view, out var refusal))
            {
                return refusal;
            }

            var committed = await log.CommitAsync(
                caller.ClientId,
                conversationId,
                change,
                conditions with { MembersVersion = view.Head.MembersVersion },
                cancellationToken);
            if (!ReferenceEquals(committed.Error, ConversationErrors.MembersChanged))
            {
                return committed;
            }

            if (attempt == MaxAttempts)
            {
                return new Error(ErrorCatalogue.Overloaded, "The conversation's members change too fast.");
            }

            _ = await FindAsync(caller, conversationId, fresh: true, cancellationToken);
        }
    }

    private async ValueTask<Result<ConversationView>> FindAsync(
        Caller caller, ConversationId conversationId, bool fresh, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } user)
        {
            var head = await conversations.FindAsync(caller.ClientId, conversationId, cancellationToken);
            return head is null ? Error.NotFound : new ConversationView(head, null);
        }

        var view = fresh
            ? await memberships.ReadAsync(caller.ClientId, conversationId, user, cancellationToken)
            : await memberships.FindAsync(caller.ClientId, conversationId, user, cancellationToken);
        return view is null ? Error.NotFound : new ConversationView(view.Head, view.Membership.Member);
    }

    private async ValueTask<Error?> AskAsync(
        Caller caller, ConversationView view, AccessQuestion question, CancellationToken cancellationToken)
    {
        string? role = null;
        if (caller.UserId is { } user && ConversationRules.DependsOnUserRole(question.Action))
        {
            role = (await users.FindAsync(caller.ClientId, user, cancellationToken))?.Role;
        }

        return await authorizer.AuthorizeAsync(
            caller,
            new AccessRequest(
                question.Action, view.Head, view.Member?.Role, role, question.Author, question.Target, question.NewRole),
            cancellationToken);
    }
}

/// <summary>A conversation as one caller sees it.</summary>
/// <param name="Head">The conversation.</param>
/// <param name="Member">The caller's place in it; null for an API key that acts for nobody.</param>
public sealed record ConversationView(ConversationHead Head, Member? Member)
{
    /// <summary>The conversation as the answer to the caller.</summary>
    public Conversation ToConversation()
    {
        var conversation = Head.ToConversation();
        return Member?.LastReadSequence is { } read
            ? conversation with { LastReadSequence = read, UnreadCount = Head.LastSequence - read }
            : conversation;
    }
}

/// <summary>What a command wants to do in a conversation.</summary>
/// <param name="Action">The action.</param>
/// <param name="Author">The author of the message that it is about.</param>
/// <param name="Target">The member whom it is about.</param>
/// <param name="NewRole">The role that they shall get.</param>
public sealed record AccessQuestion(
    AccessAction Action, UserId? Author = null, Member? Target = null, MemberRole? NewRole = null);
