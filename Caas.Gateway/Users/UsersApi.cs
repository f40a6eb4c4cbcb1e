using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Idempotency;
using Caas.Http.Json;
using Caas.Http.Paging;
using Caas.Http.Problems;
using Caas.Http.Resources;

namespace Caas.Gateway.Users;

/// <summary>The endpoints of users.</summary>
internal static class UsersApi
{
    private const string Read = "users:read";
    private const string Write = "users:write";

    public static IEndpointRouteBuilder MapUsers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/users", "Users");
        group.MapPut("/{userId}", PutAsync).Allow(Access.Key, Write)
            .Produces<User>()
            .Produces<User>(StatusCodes.Status201Created);
        group.MapDelete("/{userId}", EraseAsync).Allow(Access.Key, Write)
            .Produces(StatusCodes.Status204NoContent);
        group.MapGet("/{userId}", GetAsync).Allow(Access.UserOrKey, Read)
            .Produces<User>();
        group.MapGet("/", ListAsync).Allow(Access.UserOrKey, Read)
            .Produces<Page<User>>();
        group.MapPost("/batch", PutAllAsync).Allow(Access.Key, Write).Idempotent()
            .Produces<BatchAnswer>(StatusCodes.Status201Created);
        return routes;
    }

    /// <summary>Make or replace a user</summary>
    /// <remarks>The whole user: what is left out is as if it never was said. 201 where they are new.</remarks>
    /// <example>{ "name": "Ann", "role": "user" }</example>
    private static async Task<IResult> PutAsync(
        RequestCaller who,
        string userId,
        JsonBody<PutUserInput> body,
        PutUsers put,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!IfMatch.Read(request).TryGet(out var etag, out var error))
        {
            return new ProblemResult(error);
        }

        var done = await put.ExecuteAsync(who.Caller, userId, body.Value, etag, cancellationToken);
        return done.TryGet(out var outcome, out error)
            ? new ResourceResult<User>(
                outcome.User,
                outcome.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK,
                outcome.User.Etag,
                outcome.Created ? $"/api/users/{outcome.User.Id}" : null)
            : new ProblemResult(error);
    }

    /// <summary>Read a user</summary>
    private static async Task<IResult> GetAsync(
        RequestCaller who, string userId, IUserStore users, CancellationToken cancellationToken) =>
        UserId.TryParse(userId, out var id) && await users.FindAsync(who.Caller.ClientId, id, cancellationToken) is { } user
            ? new ResourceResult<User>(user, etag: user.Etag)
            : new ProblemResult(Error.NotFound);

    /// <summary>Erase a user</summary>
    /// <remarks>
    /// The user and their sessions are gone with the answer. What they wrote follows within moments: each message becomes
    /// a tombstone, and they leave every conversation, which keeps its shape.
    /// </remarks>
    private static async Task<IResult> EraseAsync(
        RequestCaller who, string userId, EraseUser erase, HttpRequest request, CancellationToken cancellationToken)
    {
        if (!IfMatch.Read(request).TryGet(out var etag, out var error))
        {
            return new ProblemResult(error);
        }

        var erased = await erase.ExecuteAsync(who.Caller, userId, etag, cancellationToken);
        return erased.TryGet(out _, out error) ? TypedResults.NoContent() : new ProblemResult(error);
    }

    /// <summary>List users</summary>
    /// <remarks>In the order of their ids.</remarks>
    private static async Task<IResult> ListAsync(
        RequestCaller who, string? limit, string? cursor, IUserStore users, Pager pager, CancellationToken cancellationToken)
    {
        if (!pager.Read(limit, cursor, $"users {who.Caller.ClientId} {who.Caller.Actor.Id}").TryGet(out var request, out var error))
        {
            return new ProblemResult(error);
        }

        UserId? after = UserId.TryParse(request.After, out var last) ? last : null;
        var read = await users.ListAsync(who.Caller.ClientId, after, request.Limit + 1, cancellationToken);
        return new ResourceResult<Page<User>>(pager.Make(request, read, user => user, user => user.Id.Value));
    }

    /// <summary>Make or replace many users</summary>
    /// <remarks>At most 100, all of them or none.</remarks>
    /// <example>{ "users": [{ "id": "ann", "name": "Ann" }, { "id": "ben", "name": "Ben" }] }</example>
    private static async Task<IResult> PutAllAsync(
        RequestCaller who,
        JsonBody<PutUsersInput> body,
        PutUsers put,
        ApiJson json,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var idempotency = RequestIdempotency.Write<IReadOnlyList<PutUser>>(
            context, outcome => Answer(outcome).Store(json.TypeInfo<BatchAnswer>()));
        var done = await put.ExecuteAsync(who.Caller, body.Value, idempotency, cancellationToken);
        return done.TryGet(out var outcome, out var error) ? Answer(outcome) : new ProblemResult(error);
    }

    private static ResourceResult<BatchAnswer> Answer(IReadOnlyList<PutUser> outcome) => new(
        new BatchAnswer([.. outcome.Select(one => one.User)], outcome.Count(one => one.Created)),
        StatusCodes.Status201Created);
}

/// <summary>The users of a batch as they are now.</summary>
/// <param name="Items">The users, in the order of the request.</param>
/// <param name="Created">How many of them are new.</param>
internal sealed record BatchAnswer(IReadOnlyList<User> Items, int Created);
