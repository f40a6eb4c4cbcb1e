using System.Text.Json;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Validation;

namespace Caas.Domain.Users;

/// <summary>Makes or replaces users.</summary>
public sealed class PutUsers(IUserStore users, LimitsOptions limits)
{
    private const int MaxRoleLength = 64;
    private const int MaxUrlLength = 2048;

    /// <summary>One user; <c>validation_failed</c>, <c>precondition_failed</c>.</summary>
    public async ValueTask<Result<PutUser>> ExecuteAsync(
        Caller caller, string userId, PutUserInput input, string? etag, CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var draft = Check(
            checks, string.Empty, "userId", new BatchUserInput(userId, input.Name, input.AvatarUrl, input.Role, input.Attributes));
        if (checks.Error is { } error)
        {
            return error;
        }

        var put = await users.PutAsync(
            caller.ClientId, [draft], ChangeOrigin.Of(caller.Actor), etag, idempotency: null, cancellationToken);
        return put.TryGet(out var outcome, out var refusal) ? outcome[0] : refusal;
    }

    /// <summary>All of them or none; <c>validation_failed</c>.</summary>
    public async ValueTask<Result<IReadOnlyList<PutUser>>> ExecuteAsync(
        Caller caller,
        PutUsersInput input,
        IdempotentWrite<IReadOnlyList<PutUser>>? idempotency,
        CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var drafts = CheckAll(checks, input);
        if (checks.Error is { } error)
        {
            return error;
        }

        return await users.PutAsync(
            caller.ClientId, drafts, ChangeOrigin.Of(caller.Actor), etag: null, idempotency, cancellationToken);
    }

    private static List<UserDraft> CheckAll(Checks checks, PutUsersInput input)
    {
        var drafts = new List<UserDraft>();
        var seen = new HashSet<UserId>();
        if (input.Users is not { Count: > 0 } listed)
        {
            checks.Add("users", "must hold at least one user.");
            return drafts;
        }

        if (listed.Count > checks.Limits.UsersPerBatch)
        {
            checks.Add("users", $"may hold at most {checks.Limits.UsersPerBatch} users.");
            return drafts;
        }

        for (var i = 0; i < listed.Count; i++)
        {
            if (listed[i] is not { } user)
            {
                checks.Add($"users[{i}]", "must be an object.");
                continue;
            }

            var draft = Check(checks, $"users[{i}].", $"users[{i}].id", user);
            if (!seen.Add(draft.Id))
            {
                checks.Add($"users[{i}].id", "stands more than once in the batch.");
            }

            drafts.Add(draft);
        }

        return drafts;
    }

    private static UserDraft Check(Checks checks, string path, string idPath, BatchUserInput input)
    {
        if (input.AvatarUrl is { Length: > 0 } url && !IsPictureAddress(url))
        {
            checks.Add(path + "avatarUrl", "must be an absolute https or http address.");
        }

        return new UserDraft(
            checks.UserId(idPath, input.Id),
            checks.Name(path + "name", input.Name),
            string.IsNullOrEmpty(input.AvatarUrl) ? null : input.AvatarUrl,
            input.Role is null ? UserRoles.User : checks.Label(path + "role", input.Role, MaxRoleLength),
            checks.Attributes(path + "attributes", input.Attributes));
    }

    private static bool IsPictureAddress(string url) =>
        url.Length <= MaxUrlLength && Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is ("https" or "http");
}

/// <summary>The body of <c>PUT /api/users/{userId}</c>.</summary>
/// <param name="Name">What people call them.</param>
/// <param name="AvatarUrl">Where their picture is: an absolute https or http address.</param>
/// <param name="Role"><c>user</c> (the default), <c>moderator</c>, <c>admin</c> or the client's own word.</param>
/// <param name="Attributes">The client's own words about them: a JSON object.</param>
public sealed record PutUserInput(string? Name, string? AvatarUrl, string? Role, JsonElement? Attributes);

/// <summary>The body of <c>POST /api/users/batch</c>.</summary>
/// <param name="Users">The users, each once.</param>
public sealed record PutUsersInput(IReadOnlyList<BatchUserInput?>? Users);

/// <summary>One user of a batch.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">What people call them.</param>
/// <param name="AvatarUrl">Where their picture is.</param>
/// <param name="Role">Their role.</param>
/// <param name="Attributes">The client's own words about them.</param>
public sealed record BatchUserInput(string? Id, string? Name, string? AvatarUrl, string? Role, JsonElement? Attributes);
