using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Paging;
using Caas.Http.Problems;
using Caas.Http.Resources;

namespace Caas.Gateway.Platform;

/// <summary>The endpoints of dead letters.</summary>
internal static class DeadLettersApi
{
    public static IServiceCollection AddDeadLetters(this IServiceCollection services) =>
        services.AddSingleton<ReplayDeadLetter>();

    public static IEndpointRouteBuilder MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/platform/dead-letters", "Platform");
        group.MapGet("/", ListAsync).Allow(Access.Platform)
            .Produces<Page<DeadLetterView>>();
        group.MapGet("/{letterId}", GetAsync).Allow(Access.Platform)
            .Produces<DeadLetterView>();
        group.MapPost("/{letterId}/replay", ReplayAsync).Allow(Access.Platform)
            .Produces<DeadLetterView>();
        group.MapDelete("/{letterId}", DiscardAsync).Allow(Access.Platform)
            .Produces(StatusCodes.Status204NoContent);
        return routes;
    }

    /// <summary>List the dead letters</summary>
    /// <remarks>
    /// What a consumer group could not handle and went on without, the newest record first. A letter waits 30 days for a
    /// decision.
    /// </remarks>
    private static async Task<IResult> ListAsync(
        string? limit, string? cursor, IDeadLetterStore letters, Pager pager, CancellationToken cancellationToken)
    {
        if (!pager.Read(limit, cursor, "platform dead-letters").TryGet(out var request, out var error))
        {
            return new ProblemResult(error);
        }

        DeadLetterId? after = TypeId.TryParse<DeadLetterId>(request.After, out var last) ? last : null;
        var read = await letters.ListAsync(after, request.Limit + 1, cancellationToken);
        return new ResourceResult<Page<DeadLetterView>>(
            pager.Make(request, read, DeadLetterView.Of, static letter => letter.Id.ToString()));
    }

    /// <summary>Read a dead letter</summary>
    private static async Task<IResult> GetAsync(
        string letterId, IDeadLetterStore letters, CancellationToken cancellationToken) =>
        TypeId.TryParse<DeadLetterId>(letterId, out var id)
        && await letters.FindAsync(id, cancellationToken) is { State: DeadLetterState.Waiting } found
            ? new ResourceResult<DeadLetterView>(DeadLetterView.Of(found.Letter))
            : new ProblemResult(Error.NotFound);

    /// <summary>Replay a dead letter</summary>
    /// <remarks>
    /// Puts the record through the consumer group that gave it up, and no other, a moment later. The letter leaves the
    /// list; where the record fails again it comes back under another id, with more attempts. Repeating the request
    /// replays nothing twice.
    /// </remarks>
    private static async Task<IResult> ReplayAsync(
        string letterId, ReplayDeadLetter replay, CancellationToken cancellationToken)
    {
        if (!TypeId.TryParse<DeadLetterId>(letterId, out var id))
        {
            return new ProblemResult(Error.NotFound);
        }

        var done = await replay.ExecuteAsync(id, cancellationToken);
        return done.TryGet(out var letter, out var error)
            ? new ResourceResult<DeadLetterView>(DeadLetterView.Of(letter))
            : new ProblemResult(error);
    }

    /// <summary>Discard a dead letter</summary>
    /// <remarks>Its value is erased.</remarks>
    private static async Task<IResult> DiscardAsync(
        string letterId, IDeadLetterStore letters, CancellationToken cancellationToken) =>
        TypeId.TryParse<DeadLetterId>(letterId, out var id)
        && await letters.RemoveAsync(id, DeadLetterState.Discarded, cancellationToken)
            ? TypedResults.NoContent()
            : new ProblemResult(Error.NotFound);
}

/// <summary>A dead letter without what it holds.</summary>
/// <param name="Id">The id.</param>
/// <param name="Topic">The topic that the record is from.</param>
/// <param name="Key">The record's key: a conversation or a client.</param>
/// <param name="EventId">The event; null where the value could not be read.</param>
/// <param name="Consumer">The consumer group that gave up.</param>
/// <param name="Attempts">How often it tried, earlier replays included.</param>
/// <param name="Reason">Why, in one line.</param>
/// <param name="FailedAt">When it gave up.</param>
internal sealed record DeadLetterView(
    DeadLetterId Id,
    string Topic,
    string Key,
    string? EventId,
    string Consumer,
    int Attempts,
    string Reason,
    DateTimeOffset FailedAt)
{
    /// <summary>What the operator sees of a letter.</summary>
    public static DeadLetterView Of(DeadLetter letter) => new(
        letter.Id, letter.Topic, letter.Key, letter.EventId, letter.Consumer, letter.Attempts, letter.Reason, letter.FailedAt);
}
