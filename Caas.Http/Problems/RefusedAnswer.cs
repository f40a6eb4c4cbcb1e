namespace Caas.Http.Problems;

/// <summary>Marks a request that was answered with a refusal, so that it is counted once, where it leaves.</summary>
/// <param name="Code">The code of the refusal.</param>
internal sealed record RefusedAnswer(string Code);
