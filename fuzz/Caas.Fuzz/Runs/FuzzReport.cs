using System.Globalization;

namespace Caas.Fuzz.Runs;

/// <summary>What a run did.</summary>
/// <param name="Target">Of which target.</param>
/// <param name="Seed">What makes the same mutations again.</param>
/// <param name="Executions">Calls, those of the corpus included.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Verdicts">In how many ways calls ended.</param>
/// <param name="Failure">What was found; null where nothing was.</param>
internal sealed record FuzzReport(
    string Target, uint Seed, long Executions, TimeSpan Elapsed, int Verdicts, FuzzFailure? Failure)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Target}: {Executions:N0} executions in {Elapsed.TotalSeconds:F1} s ({Executions / Elapsed.TotalSeconds:N0} a second), {Verdicts} verdicts, seed {Seed}: {Failure?.ToString() ?? "nothing found"}");
}
