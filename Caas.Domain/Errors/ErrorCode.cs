namespace Caas.Domain.Errors;

/// <summary>One kind of refusal: what every caller, over HTTP and over a socket, is told of it.</summary>
/// <param name="Code">Stable, snake_case; programs decide by it.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">One sentence for a person, the same for every occurrence.</param>
/// <param name="Retryable">Whether the same request may succeed later.</param>
public sealed record ErrorCode(string Code, int Status, string Title, bool Retryable = false);
