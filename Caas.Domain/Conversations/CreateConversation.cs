using System.Text.Json;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Users;
using Caas.Domain.Validation;

namespace Caas.Domain.Conversations;

/// <summary>Begins a conversation; the caller becomes its owner and a member.</summary>
public sealed class CreateConversation(IConversationLog log, IUserStore users, IIdSource ids, LimitsOptions limits)
{
    /// <summary>
    /// Creates, or gives the direct conversation that the two users have (<see cref="ConversationCommit.Replayed"/>);
    /// <c>validation_failed</c>, <c>not_available</c>.
    /// </summary>
    public async ValueTask<Result<ConversationCommit>> ExecuteAsync(
        Caller caller,
        CreateConversationInput input,
        IdempotentWrite<ConversationCommit>? idempotency,
        CancellationToken cancellationToken)
    {
        if (input.Encrypted == true)
        {
            return Error.Invalid(ErrorCatalogue.NotAvailable, "encrypted", "end-to-end encryption is not available yet.");
        }

        var checks = new Checks(limits);
        var change = Check(checks, caller, input);
        if (checks.Error is { } error)
        {
            return error;
        }

        if (await FindUnknownAsync(caller, input, change, cancellationToken) is { } unknown)
        {
            return unknown;
        }

        return await log.CommitAsync(
            caller.ClientId,
            ConversationId.From(ids.Next()),
            change,
            CommitConditions.None with { Idempotency = idempotency },
            cancellationToken);
    }

    private static NewConversation Check(Checks checks, Caller caller, CreateConversationInput input)
    {
        checks.Require("type", input.Type);
        var type = checks.OneOf(
            "type",
            input.Type,
            ConversationType.Group,
            ("direct", ConversationType.Direct),
            ("group", ConversationType.Group),
            ("channel", ConversationType.Channel));
        var others = checks.UserIds("members", input.Members, checks.Limits.MembersPerRequest);
        var members = others
            .Where(user => user != caller.UserId)
            .Select(user => new NewMember(user, MemberRole.Member))
            .ToList();
        if (caller.UserId is { } owner)
        {
            members.Insert(0, new NewMember(owner, MemberRole.Owner));
        }

        if (type == ConversationType.Direct && members.Count != 2)
        {
            checks.Add("members", "must name the two users of a direct conversation: the caller and one other.");
        }

        return new NewConversation(ChangeOrigin.Of(caller.Actor))
        {
            Type = type,
            Name = checks.Name("name", input.Name),
            Attributes = checks.Attributes("attributes", input.Attributes),
            History = checks.OneOf(
                "history", input.History, HistoryAccess.All, ("all", HistoryAccess.All), ("none", HistoryAccess.None)),
            Members = members,
        };
    }

    private async ValueTask<Error?> FindUnknownAsync(
        Caller caller, CreateConversationInput input, NewConversation change, CancellationToken cancellationToken)
    {
        var existing = await users.ExistingAsync(
            caller.ClientId, [.. change.Members.Select(member => member.UserId)], cancellationToken);
        if (caller.UserId is { } user && !existing.Contains(user))
        {
            return Error.Invalid("Caas-User", "is not a user of this client.");
        }

        var at = (input.Members ?? []).ToList().FindIndex(id => UserId.TryParse(id, out var member) && !existing.Contains(member));
        return at < 0 ? null : Error.Invalid($"members[{at}]", "is not a user of this client.");
    }
}

/// <summary>The body of <c>POST /api/conversations</c>.</summary>
/// <param name="Type"><c>direct</c>, <c>group</c> or <c>channel</c>.</param>
/// <param name="Members">The users beside the caller; for a direct conversation the one other.</param>
/// <param name="Name">The name.</param>
/// <param name="Attributes">The client's own words about it: a JSON object.</param>
/// <param name="History">What later members see of the past: <c>all</c> (the default) or <c>none</c>.</param>
/// <param name="Encrypted">Whether it takes ciphertext only; not available yet.</param>
public sealed record CreateConversationInput(
    string? Type,
    IReadOnlyList<string?>? Members,
    string? Name,
    JsonElement? Attributes,
    string? History,
    bool? Encrypted);
