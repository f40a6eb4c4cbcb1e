using Caas.Domain.Errors;

namespace Caas.Domain.Callers;

/// <summary>The refusal of what only a person can say or see.</summary>
public static class UserRequired
{
    /// <summary><c>user_required</c>.</summary>
    public static Error Error { get; } = new(
        ErrorCatalogue.UserRequired, "Only a user can do this: send Caas-User: <user id> with the API key, or a user's token.");
}
