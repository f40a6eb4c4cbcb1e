using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Validation;

namespace Caas.Domain.Presence;

/// <summary>Tells who is there, of those with whom the caller shares a conversation; of others it says nothing.</summary>
public sealed class ReadPresence(IPresence presence, IMemberReader members, LimitsOptions limits)
{
    private const int MaxUsers = 200;

    /// <summary>Reads; <c>user_required</c>, <c>validation_failed</c>.</summary>
    public async ValueTask<Result<IReadOnlyList<UserPresence>>> ExecuteAsync(
        Caller caller, IReadOnlyList<string?>? userIds, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } user)
        {
            return UserRequired.Error;
        }

        var checks = new Checks(limits);
        if (userIds is null or [])
        {
            checks.Add("userIds", "is required.");
        }

        var asked = checks.UserIds("userIds", userIds, MaxUsers);
        if (checks.Error is { } error)
        {
            return error;
        }

        var visible = await VisibleAsync(caller.ClientId, user, asked, cancellationToken);
        var read = await presence.ReadAsync(caller.ClientId, visible, cancellationToken);
        return Result<IReadOnlyList<UserPresence>>.Of(read);
    }

    private async ValueTask<IReadOnlyList<UserId>> VisibleAsync(
        ClientId clientId, UserId user, IReadOnlyList<UserId> asked, CancellationToken cancellationToken)
    {
        var others = asked.Where(id => id != user).ToList();
        if (others.Count == 0)
        {
            return asked;
        }

        var sharing = await members.SharingAsync(clientId, user, others, cancellationToken);
        return asked.Where(id => id == user || sharing.Contains(id)).ToList();
    }
}
