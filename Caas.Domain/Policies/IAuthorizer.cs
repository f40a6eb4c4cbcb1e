using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Members;

namespace Caas.Domain.Policies;

/// <summary>Decides who may do what. An error while deciding is a refusal. Thread-safe.</summary>
public interface IAuthorizer
{
    /// <summary>
    /// Null where the caller may; else <c>forbidden</c> with a decision id under which the reason is logged.
    /// </summary>
    ValueTask<Error?> AuthorizeAsync(Caller caller, AccessRequest request, CancellationToken cancellationToken);
}

/// <summary>What somebody wants to do.</summary>
/// <param name="Action">The action.</param>
/// <param name="Conversation">The conversation in which they want it, and their place there; null outside one.</param>
/// <param name="Role">The caller's role in the conversation; null for an API key alone.</param>
/// <param name="UserRole">The caller's role in the client; null for an API key alone.</param>
/// <param name="Author">The author of the message that it is about.</param>
/// <param name="Target">The membership of the member whom it is about.</param>
/// <param name="NewRole">The role that the target shall get.</param>
public sealed record AccessRequest(
    AccessAction Action,
    Conversations.ConversationHead? Conversation,
    MemberRole? Role,
    string? UserRole,
    Ids.UserId? Author = null,
    Member? Target = null,
    MemberRole? NewRole = null);

/// <summary>What can be wanted.</summary>
public enum AccessAction
{
    /// <summary>Send a message.</summary>
    SendMessage,

    /// <summary>Edit a message.</summary>
    EditMessage,

    /// <summary>Delete a message.</summary>
    DeleteMessage,

    /// <summary>Pin or unpin a message.</summary>
    PinMessage,

    /// <summary>React to a message.</summary>
    React,

    /// <summary>Change the conversation's settings.</summary>
    UpdateConversation,

    /// <summary>Delete the conversation.</summary>
    DeleteConversation,

    /// <summary>Add members.</summary>
    AddMembers,

    /// <summary>Change a member's role.</summary>
    UpdateMember,

    /// <summary>Remove another member.</summary>
    RemoveMember,

    /// <summary>Leave.</summary>
    Leave,

    /// <summary>Tell others that one is typing.</summary>
    Type,
}
