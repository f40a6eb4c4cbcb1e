using Caas.Domain.Idempotency;
using Caas.Domain.Ids;

namespace Caas.Domain.Errors;

/// <summary>One refusal: an expected outcome, so a value and no exception.</summary>
/// <param name="Code">Its kind.</param>
/// <param name="Detail">What happened this time, for a person; never anything of the inside.</param>
public sealed record Error(ErrorCode Code, string Detail)
{
    /// <summary>For validation: the JSON path as the caller wrote it, and what is wrong there.</summary>
    public IReadOnlyDictionary<string, string[]>? Fields { get; init; }

    /// <summary>For <c>forbidden</c>: the decision that can be asked for.</summary>
    public DecisionId? DecisionId { get; init; }

    /// <summary>How long to wait before the same request may succeed.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>For <see cref="AnsweredBefore"/>: the answer to give again.</summary>
    public StoredAnswer? EarlierAnswer { get; init; }

    /// <summary>Nothing was written, because the request's idempotency key has its answer already.</summary>
    public static Error AnsweredBefore(StoredAnswer answer) =>
        new(new ErrorCode("answered_before", answer.Status, "Answered before."), "Answered before.") { EarlierAnswer = answer };

    /// <summary>The value at one path is not valid.</summary>
    public static Error Invalid(string path, string reason) => Invalid(ErrorCatalogue.ValidationFailed, path, reason);

    /// <summary>The value at one path is refused with a code of its own.</summary>
    public static Error Invalid(ErrorCode code, string path, string reason) =>
        new(code, $"{path}: {reason}") { Fields = new Dictionary<string, string[]>(StringComparer.Ordinal) { [path] = [reason] } };

    /// <summary>Nothing there for this caller; the same words for every reason, so that they tell nothing.</summary>
    public static Error NotFound { get; } = new(ErrorCatalogue.NotFound, "There is no such resource for this caller.");
}
